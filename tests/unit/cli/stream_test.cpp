#include "cli/stream.hpp"

#include <kuberay/base/error.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace cli {
namespace {

struct pipe_ends {
    int reading = -1, writing = -1;
    pipe_ends()
    {
        int both[2];
        if (::pipe(both) != 0) throw std::runtime_error("pipe");
        reading = both[0];
        writing = both[1];
    }
    ~pipe_ends()
    {
        close_reading();
        close_writing();
    }
    void close_reading()
    {
        if (reading >= 0) ::close(reading);
        reading = -1;
    }
    void close_writing()
    {
        if (writing >= 0) ::close(writing);
        writing = -1;
    }
};

kuberay::error_code system_code(int number) { return kuberay::error_code(number, boost::system::system_category()); }

TEST(stream, a_full_disk_is_reported_with_its_cause)
{
    int const full = ::open("/dev/full", O_WRONLY);
    ASSERT_GE(full, 0);
    fd_sink out(full, "standard output", fd_sink::buffering::block);
    out.write("text");
    try {
        out.flush();
        ADD_FAILURE() << "nothing was thrown";
    } catch (kuberay::failure const& failed) {
        EXPECT_EQ(failed.error().code(), system_code(ENOSPC));
        EXPECT_NE(failed.error().message().find("standard output"), std::string::npos);
    }
    out.flush();  // the first cause was told; what was held is gone
    ::close(full);
}

TEST(stream, a_reader_that_went_away_is_told_by_its_code_and_ignored_on_stderr)
{
    std::signal(SIGPIPE, SIG_IGN);
    pipe_ends ends;
    ends.close_reading();
    fd_sink out(ends.writing, "standard output", fd_sink::buffering::line);
    EXPECT_THROW(out.write("line\n"), kuberay::failure);
    fd_sink err(ends.writing, "standard error", fd_sink::buffering::none);
    EXPECT_NO_THROW(err.write("line\n"));
}

TEST(stream, lines_are_read_one_by_one_and_the_last_needs_no_end)
{
    pipe_ends ends;
    ASSERT_EQ(::write(ends.writing, "yes\r\nno", 7), 7);
    ends.close_writing();
    fd_source in(ends.reading);
    EXPECT_EQ(in.read_line(), "yes");
    EXPECT_EQ(in.read_line(), "no");
    EXPECT_EQ(in.read_line(), std::nullopt);
}

}  // namespace
}  // namespace cli
