#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;
struct evp_md_st;

namespace kuberay::ray {

/// SHA-1 of one thing after the other.
class sha1 {
public:
    using digest = std::array<unsigned char, 20>;

    /// Errors: throws `failure`, `errc::unexpected`, when OpenSSL has no SHA-1.
    sha1();
    void begin();
    void add(std::string_view bytes);
    digest end();

private:
    struct closer {
        void operator()(evp_md_ctx_st* one) const noexcept;
        void operator()(evp_md_st* one) const noexcept;
    };
    std::unique_ptr<evp_md_st, closer> kind_;
    std::unique_ptr<evp_md_ctx_st, closer> context_;
};

/// How Ray's client names the package of a folder: eight bytes, to which each entry (the root too, as ".") adds the
/// beginning of the SHA-1 of its path and content by exclusive or. The order of the entries makes no difference.
class package_hash {
public:
    void begin(std::string_view path);
    void add(std::string_view bytes) { digest_.add(bytes); }
    void end();

    /// 16 hexadecimal digits.
    std::string text() const;

private:
    sha1 digest_;
    std::array<unsigned char, 8> sum_ = {'0', '0', '0', '0', '0', '0', '0', '0'};
};

/// Two lower-case hexadecimal digits for each byte.
std::string hex_of(unsigned char const* bytes, std::size_t size);

}  // namespace kuberay::ray
