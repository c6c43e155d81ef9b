#pragma once

#include <cstdio>
#include <cstdlib>

/// Ends the run with a finding when a property does not hold.
#define KUBERAY_FUZZ_CHECK(property)                                                                                   \
    do {                                                                                                               \
        if (!(property)) {                                                                                             \
            std::fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #property);                         \
            std::abort();                                                                                              \
        }                                                                                                              \
    } while (false)
