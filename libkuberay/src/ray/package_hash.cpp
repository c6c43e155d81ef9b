#include "ray/package_hash.hpp"

#include <kuberay/base/error.hpp>

#include <openssl/evp.h>

namespace kuberay::ray {
namespace {

void check(int done)
{
    if (done != 1) throw failure(errc::unexpected, "this OpenSSL does not compute SHA-1");
}

}  // namespace

void sha1::closer::operator()(evp_md_ctx_st* one) const noexcept { ::EVP_MD_CTX_free(one); }

void sha1::closer::operator()(evp_md_st* one) const noexcept { ::EVP_MD_free(one); }

// Fetched once: looking it up takes longer than hashing a small file.
sha1::sha1()
    : kind_(::EVP_MD_fetch(nullptr, "SHA1", nullptr))
    , context_(::EVP_MD_CTX_new())
{
    check(kind_ && context_);
}

void sha1::begin() { check(::EVP_DigestInit_ex(context_.get(), kind_.get(), nullptr)); }

void sha1::add(std::string_view bytes) { check(::EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size())); }

sha1::digest sha1::end()
{
    digest result{};
    unsigned length = 0;
    check(::EVP_DigestFinal_ex(context_.get(), result.data(), &length));
    return result;
}

void package_hash::begin(std::string_view path)
{
    digest_.begin();
    digest_.add(path);
}

void package_hash::end()
{
    sha1::digest const digest = digest_.end();
    for (std::size_t i = 0; i < sum_.size(); ++i)
        sum_[i] ^= digest[i];
}

std::string package_hash::text() const { return hex_of(sum_.data(), sum_.size()); }

std::string hex_of(unsigned char const* bytes, std::size_t size)
{
    std::string text;
    for (std::size_t i = 0; i < size; ++i) {
        text += "0123456789abcdef"[bytes[i] >> 4];
        text += "0123456789abcdef"[bytes[i] & 15];
    }
    return text;
}

}  // namespace kuberay::ray
