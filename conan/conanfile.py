import re
from pathlib import Path

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy

required_conan_version = ">=2.0.9"


class Kuberay(ConanFile):
    name = "kuberay"
    license = "Apache-2.0"
    description = "Asynchronous C++20 SDK for Kubernetes and Ray on Kubernetes"
    topics = ("kubernetes", "ray", "asio", "coroutines")
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {
        "shared": [True, False],
        "fPIC": [True, False],
        "with_cli": [True, False],      # the kubectl-ray program
        "with_testing": [True, False],  # kuberay::testing, the in-process API server
    }
    default_options = {"shared": False, "fPIC": True, "with_cli": False, "with_testing": False}
    implements = ["auto_shared_fpic"]

    # The recipe stands in conan/, the sources one folder above it.
    def export(self):
        copy(self, "version.hpp", Path(self.recipe_folder).parent / "libkuberay/include/kuberay", self.export_folder)

    def export_sources(self):
        root = Path(self.recipe_folder).parent
        for pattern in ("CMakeLists.txt", "LICENSE", "cmake/*", "libkuberay/*", "kubectl-ray/*"):
            copy(self, pattern, root, self.export_sources_folder)

    def set_version(self):
        beside = Path(self.recipe_folder)
        for header in (beside / "version.hpp", beside.parent / "libkuberay/include/kuberay/version.hpp"):
            if header.exists():
                self.version = re.search(r'define KUBERAY_VERSION "([^"]+)"', header.read_text())[1]
                return

    def layout(self):
        cmake_layout(self)

    # Versions are ranges that the packages of Debian 12 satisfy too: see profiles/debian12, which takes all of them
    # from the system.
    def requirements(self):
        self.requires("boost/[>=1.81 <2]", transitive_headers=True)
        self.requires("openssl/[>=3 <4]")
        self.requires("zlib/[>=1.2.11 <2]")
        self.requires("libarchive/[>=3.6 <4]")
        self.requires("yaml-cpp/[>=0.7 <1]")
        self.requires("fmt/[>=9 <12]", visible=False)

    def validate(self):
        check_min_cppstd(self, 20)
        if self.settings.os != "Linux":
            raise ConanInvalidConfiguration("only Linux is supported")

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["KUBERAY_BUILD_CLI"] = bool(self.options.with_cli)
        toolchain.cache_variables["KUBERAY_BUILD_TESTING"] = bool(self.options.with_testing)
        toolchain.cache_variables["KUBERAY_BUILD_TESTS"] = False
        toolchain.cache_variables["KUBERAY_BUILD_EXAMPLES"] = False
        toolchain.generate()
        CMakeDeps(self).generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", self.source_folder, Path(self.package_folder) / "licenses")

    # The package brings its own kuberay-config.cmake with the targets kuberay::kuberay and kuberay::testing, so that
    # consumers write the same lines with and without Conan.
    def package_info(self):
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = ["lib/cmake/kuberay"]
        self.cpp_info.libs = (["kuberay_testing"] if self.options.with_testing else []) + ["kuberay"]
