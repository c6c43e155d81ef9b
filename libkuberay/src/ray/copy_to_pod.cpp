#include "ray/local_tree.hpp"
#include "ray/pod_copy.hpp"

#include <kuberay/base/text.hpp>

#include <openssl/evp.h>

#include <array>
#include <charconv>
#include <memory>

namespace kuberay::ray {

// tar may stop reading before the archive's padding: `cat` reads on, so that count and digest are of everything. When
// tar fails it does not, and the writer learns of it. A new name is unpacked beside its place, then renamed.
char const* const unpack_script = R"(
for program in tar tee mkfifo sha256sum mktemp; do
  command -v "$program" >/dev/null || { echo "the container has no $program" >&2; exit 127; }
done
work=; staged=
trap 'rm -rf ${work:+"$work"} ${staged:+"$staged"}' EXIT
trap 'exit 1' HUP INT TERM
into=$1
if [ ! -d "$1" ]; then
  [ -n "$2" ] || { echo "there is no folder $1" >&2; exit 1; }
  staged=$(mktemp -d "$(dirname "$1")/.kuberay-copy.XXXXXX") || exit 1
  into=$staged
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/.kuberay-copy.XXXXXX" 2>/dev/null || mktemp -d "$into/.kuberay-copy.XXXXXX") || exit 1
mkfifo "$work/a" "$work/b" || exit 1
sha256sum <"$work/a" >"$work/digest" &
wc -c <"$work/b" >"$work/count" &
tee "$work/a" "$work/b" | {
  tar -xof - -C "$into"; echo $? >"$work/status"
  read -r status <"$work/status"; [ "$status" = 0 ] && cat >/dev/null
}
wait
read -r status <"$work/status"; [ "$status" = 0 ] || exit "$status"
if [ -n "$staged" ]; then mv -f "$staged/$2" "$1" || exit 1; fi
read -r digest rest <"$work/digest"
read -r count <"$work/count"
echo "kuberay-copy $count $digest"
)";

namespace {

constexpr std::string_view report_mark = "kuberay-copy ";
constexpr std::size_t longest_report = 4096;

class sha256 {
public:
    sha256() { ::EVP_DigestInit_ex(context_.get(), ::EVP_sha256(), nullptr); }

    void add(std::string_view bytes) { ::EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }

    std::string hex()
    {
        std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
        unsigned length = 0;
        ::EVP_DigestFinal_ex(context_.get(), digest.data(), &length);
        static constexpr std::string_view digits = "0123456789abcdef";
        std::string text;
        for (unsigned i = 0; i < length; ++i)
            (text += digits[digest[i] >> 4]) += digits[digest[i] & 15];
        return text;
    }

private:
    struct free_context {
        void operator()(EVP_MD_CTX* one) const noexcept { ::EVP_MD_CTX_free(one); }
    };

    std::unique_ptr<EVP_MD_CTX, free_context> context_{::EVP_MD_CTX_new()};
};

// What the two directions of an upload share.
struct upload_state {
    upload_state(pod_program program, tree_archive tree)
        : program(std::move(program))
        , tree(std::move(tree))
    {
    }

    pod_program program;
    tree_archive tree;
    copy_progress on_progress;
    sha256 digest;
    std::uint64_t sent = 0;
    bool ended = false;  // the program
    std::string output;
    stderr_tail errors;
    error local;  // of reading the files here
};

task<void> receive(std::shared_ptr<upload_state> on)
{
    for (;;) {
        result<std::optional<kube::exec_output>> const read = co_await as_result(on->program.read());
        if (read.has_error() || !read.value()) on->ended = true;
        if (read.has_error()) throw failure(read.error());
        if (!read.value()) co_return;
        kube::exec_output const& piece = *read.value();
        if (piece.channel == kube::output_channel::err)
            on->errors.add(piece.bytes);
        else if (on->output.size() < longest_report)
            on->output += piece.bytes;
    }
}

std::optional<std::string> next_piece(upload_state& on)
{
    try {
        return on.tree.next();
    } catch (failure const& thrown) {
        on.local = thrown.error();
        on.program.abort();
        throw;
    }
}

task<void> send(std::shared_ptr<upload_state> on)
{
    for (;;) {
        if (on->ended) co_return;
        std::optional<std::string> piece = next_piece(*on);
        if (!piece) break;
        if (piece->empty()) continue;
        on->digest.add(*piece);
        on->sent += piece->size();
        co_await on->program.write(std::move(*piece));
        if (on->on_progress) on->on_progress(on->tree.bytes());
    }
    co_await on->program.finish_input();
}

std::string name_of(std::filesystem::path const& path)
{
    std::filesystem::path plain = path.lexically_normal();
    if (!plain.has_filename()) plain = plain.parent_path();
    std::string const name = plain.filename().string();
    if (!name.empty() && name != "." && name != "..") return name;
    std::error_code failed;
    std::string const real = std::filesystem::canonical(path, failed).filename().string();
    return failed || real.empty() ? std::string("root") : real;
}

tree_archive archive_of(std::vector<std::filesystem::path> const& from)
{
    if (from.empty()) throw failure(errc::bad_input, "there is nothing to copy");
    for (auto const& one : from) {
        std::error_code failed;
        if (!std::filesystem::exists(one, failed) && !failed)
            failed = std::make_error_code(std::errc::no_such_file_or_directory);
        if (failed)
            throw failure(
                error_code(failed.value(), boost::system::system_category()), "could not read \"" + one.string() + "\""
            );
    }
    tree_archive tree(from.front(), name_of(from.front()));
    for (std::size_t i = 1; i < from.size(); ++i)
        tree.add(from[i], name_of(from[i]));
    return tree;
}

void judge(upload_state& on, int exit_code, std::string const& target)
{
    if (exit_code != 0) {
        std::string const said = on.errors.summary();
        throw failure(
            errc::unexpected, "could not unpack into \"" + target + "\" (exit code " + std::to_string(exit_code) + ")"
                                  + (said.empty() ? "" : ": " + said)
        );
    }
    std::optional<upload_report> const report = find_report(on.output);
    std::string const left = "what arrived may have been left there, in a folder .kuberay-copy.XXXXXX; copy again";
    if (!report)
        throw failure(
            error(errc::connection_lost, "the container did not confirm what it received in \"" + target + "\"")
                .with_hint(left)
        );
    if (report->bytes != on.sent || report->digest != on.digest.hex())
        throw failure(error(
            errc::connection_lost, "of " + std::to_string(on.sent) + " bytes for \"" + target
                                       + "\" the container received " + std::to_string(report->bytes)
                                       + ", or not the same ones"
        ));
}

}  // namespace

std::optional<upload_report> find_report(std::string_view output)
{
    for (std::string const& line : split(output, '\n')) {
        if (!line.starts_with(report_mark)) continue;
        std::vector<std::string> const words = split(line, ' ');
        upload_report report;
        if (words.size() != 3) continue;
        auto const [end, failed] = std::from_chars(words[1].data(), words[1].data() + words[1].size(), report.bytes);
        if (failed != std::errc() || end != words[1].data() + words[1].size()) continue;
        report.digest = words[2];
        return report;
    }
    return std::nullopt;
}

task<copy_result>
upload(start_program start, std::vector<std::filesystem::path> from, pod_place to, copy_progress on_progress)
{
    tree_archive tree = archive_of(from);
    kube::exec_options options;
    options.command = std::vector<std::string>();
    for (char const* word : {"sh", "-c", unpack_script, "sh"})
        options.command.emplace_back(word);
    options.command.push_back(to.path.starts_with('-') ? "./" + to.path : to.path);
    options.command.push_back(from.size() == 1 ? name_of(from.front()) : std::string());
    options.container = to.container;
    options.input = options.ends_input = true;
    result<pod_program> const started = co_await as_result(start(to.pod, options));
    if (started.has_error()) throw failure(without_program(started.error(), "sh"));
    auto const on = std::make_shared<upload_state>(started.value(), std::move(tree));
    on->on_progress = std::move(on_progress);
    std::vector<task<void>> both;
    both.push_back(receive(on));
    both.push_back(send(on));
    std::vector<result<void>> const ends = co_await run_all(std::move(both));
    if (on->local) throw failure(on->local);
    if (ends[0].has_error()) throw failure(without_program(ends[0].error(), "sh"));
    judge(*on, on->program.exit_code(), to.path);
    ends[1].value();
    copy_result done;
    done.files = on->tree.files();
    done.bytes = on->tree.bytes();
    done.skipped = on->tree.skipped();
    co_return done;
}

task<copy_result> copy_to_pod(
    kube::client on, std::string ns, std::string pod, std::string container, std::vector<std::filesystem::path> from,
    std::string to, std::function<void(std::uint64_t bytes)> on_progress
)
{
    if (ns.empty()) ns = on.default_ns();
    pod_place place;
    place.pod = std::move(pod);
    place.container = std::move(container);
    place.path = std::move(to);
    return upload(programs_in(on, ns), std::move(from), std::move(place), std::move(on_progress));
}

}  // namespace kuberay::ray
