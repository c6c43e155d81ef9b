#pragma once

/// The library's version, read by CMake and by the Conan recipe.
#define KUBERAY_VERSION_MAJOR 0
#define KUBERAY_VERSION_MINOR 1
#define KUBERAY_VERSION_PATCH 0
#define KUBERAY_VERSION "0.1.0"
