#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string_view>
#include <utility>

namespace kuberay {

/// Owns an open file descriptor; below zero: none. Movable.
class descriptor {
public:
    explicit descriptor(int number = -1) noexcept
        : number_(number)
    {
    }

    descriptor(descriptor&& other) noexcept
        : number_(other.release())
    {
    }

    descriptor& operator=(descriptor&& other) noexcept
    {
        reset(other.release());
        return *this;
    }

    ~descriptor() { reset(); }

    bool is_open() const noexcept { return number_ >= 0; }
    int get() const noexcept { return number_; }
    int release() noexcept { return std::exchange(number_, -1); }

    void reset(int number = -1) noexcept
    {
        if (number_ >= 0) ::close(number_);
        number_ = number;
    }

    /// read(2), begun anew after a signal.
    ssize_t read_some(char* into, std::size_t size) const noexcept
    {
        for (;;) {
            ssize_t const got = ::read(number_, into, size);
            if (got >= 0 || errno != EINTR) return got;
        }
    }

    /// False, with errno, when not all of it could be written.
    bool write_all(std::string_view bytes) const noexcept
    {
        while (!bytes.empty()) {
            ssize_t const written = ::write(number_, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        return true;
    }

private:
    int number_;
};

}  // namespace kuberay
