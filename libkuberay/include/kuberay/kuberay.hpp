#pragma once
#include <kuberay/version.hpp>
