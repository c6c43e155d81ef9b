include(CMakePackageConfigHelpers)

set(kuberay_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/kuberay)
set(kuberay_installed kuberay)
if(TARGET kuberay_testing)
  list(APPEND kuberay_installed kuberay_testing)
endif()
install(TARGETS ${kuberay_installed} EXPORT kuberay-targets FILE_SET HEADERS)
install(EXPORT kuberay-targets NAMESPACE kuberay:: DESTINATION ${kuberay_package_dir})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/kuberay-config.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/kuberay-config.cmake INSTALL_DESTINATION ${kuberay_package_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/kuberay-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/kuberay-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/kuberay-config-version.cmake
  DESTINATION ${kuberay_package_dir})
