# Warnings are private to this project's targets; presets make them errors.
add_library(kuberay_warnings INTERFACE)
target_compile_options(kuberay_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Woverloaded-virtual -Wold-style-cast
  # GCC's -Wshadow also reports constructor parameters named like a member.
  $<IF:$<CXX_COMPILER_ID:GNU>,-Wshadow=compatible-local,-Wshadow>
  # GCC 12, optimising, takes Asio's pair of operators for coroutine frames for a mismatch.
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<NOT:$<CONFIG:Debug>>>:-Wno-mismatched-new-delete>)
