#include "net/tcp_silence.hpp"

#ifdef __linux__
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#endif

namespace kuberay::net {

std::optional<tcp_signs> read_tcp_signs([[maybe_unused]] int socket) noexcept
{
#ifdef __linux__
    tcp_info info{};
    socklen_t size = sizeof(info);
    if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
    int queued = 0;
    if (ioctl(socket, SIOCOUTQ, &queued) != 0) return std::nullopt;
    tcp_signs seen;
    seen.queued = static_cast<unsigned>(queued);
    seen.unacknowledged = info.tcpi_unacked;
    seen.probes = info.tcpi_probes;
    seen.since_acknowledgement = std::chrono::milliseconds(info.tcpi_last_ack_recv);
    return seen;
#else
    return std::nullopt;
#endif
}

bool tcp_silence::beat(tcp_signs const& seen, std::chrono::milliseconds length) noexcept
{
    // What was asked for only just now could not be answered yet.
    bool const asked_before = asking_;
    asking_ = seen.unacknowledged > 0 || seen.probes > 0;
    waiting_ = asking_ || seen.queued > 0;
    bool const silent = asked_before && asking_ && seen.since_acknowledgement >= length;
    silent_beats_ = silent ? silent_beats_ + 1 : 0;
    return silent_beats_ >= patience;
}

}  // namespace kuberay::net
