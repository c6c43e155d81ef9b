#include <kuberay/ray/job_client.hpp>

#include <algorithm>
#include <random>

namespace kuberay::ray {
namespace {

// Ray's: letters and digits without those that look alike.
constexpr std::string_view alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ123456789";

constexpr std::size_t random_length = 16;

// With "job-driver-" and ".log" it is the name of a file, which may have 255 bytes.
constexpr std::size_t longest = 200;

bool is_control(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

}  // namespace

std::string make_submission_id()
{
    std::random_device source;
    std::uniform_int_distribution<std::size_t> letter(0, alphabet.size() - 1);
    std::string made = "raysubmit_";
    for (std::size_t i = 0; i < random_length; ++i)
        made += alphabet[letter(source)];
    return made;
}

std::string submission_id_fault(std::string_view id)
{
    if (id.empty()) return "it is empty";
    if (id == "." || id == "..") return "it cannot be part of a URL";
    if (std::any_of(id.begin(), id.end(), is_control)) return "it holds a control character";
    if (id.find('/') != std::string_view::npos) return "it holds a slash";
    if (id.find(' ') != std::string_view::npos) return "it holds a space";
    if (id.size() > longest) return "it is longer than " + std::to_string(longest) + " bytes";
    return std::string();
}

}  // namespace kuberay::ray
