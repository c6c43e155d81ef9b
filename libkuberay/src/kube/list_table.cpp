#include "kube/attempt.hpp"
#include "kube/listing.hpp"
#include "kube/request.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/kube/api.hpp>

#include <boost/json/array.hpp>

#include <utility>

namespace kuberay::kube {
namespace {

table_column column_of(json::value const& definition)
{
    table_column column;
    column.name = string_at(definition, "name");
    column.type = string_at(definition, "type");
    column.format = string_at(definition, "format");
    column.priority = static_cast<int>(int_at(definition, "priority").value_or(0));
    return column;
}

table_row row_of(json::value from)
{
    table_row row;
    auto* members = from.if_object();
    json::value* cells = members ? members->if_contains("cells") : nullptr;
    if (!cells || !cells->is_array())
        throw failure(errc::bad_document, "the server's table has a row without cells; it may not know tables");
    auto& values = cells->get_array();
    row.cells.reserve(values.size());
    for (auto& value : values)
        row.cells.push_back(std::move(value));
    if (auto* object = members->if_contains("object")) row.object = std::move(*object);
    return row;
}

task<table> read_table(client on, resource_type type, std::string ns, list_params params, table_content content)
{
    table read;
    auto const take_row = [&](json::value row) { read.rows.push_back(row_of(std::move(row))); };
    auto const make = [&](list_params const& page, std::string_view token) {
        return table_request(type, ns, page, content, token);
    };
    listing all(std::move(on), make, params, take_row, [&] { read.rows.clear(); });
    for (bool more = true; more;)
        more = co_await all.advance();
    read.resource_version = all.resource_version();
    auto const* columns = all.columns().if_array();
    if (!columns)
        throw failure(errc::bad_document, "the server sent a list without columns where a table was asked for");
    for (auto const& definition : *columns)
        read.columns.push_back(column_of(definition));
    co_return read;
}

task<table> explained_table(client on, resource_type type, std::string ns, list_params params, table_content content)
{
    std::string attempt = attempt_on_collection("listing", type, ns);
    auto const limit = on.configuration().request_timeout;
    task<table> reading = read_table(std::move(on), type, std::move(ns), std::move(params), content);
    task<table> bounded = with_timeout(limit, std::move(reading));
    result<table> read = co_await as_result(std::move(bounded));
    if (read.has_error()) throw failure(explained(read.error(), std::move(attempt), type));
    co_return std::move(*read);
}

}  // namespace

task<table> api_core::list_table(list_params params, table_content content) const
{
    return explained_table(client_, type_, ns_, std::move(params), content);
}

}  // namespace kuberay::kube
