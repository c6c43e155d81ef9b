#include <kuberay/kube/params.hpp>

#include <utility>

namespace kuberay::kube {

patch_body::patch_body(std::string content_type, json::value document)
    : content_type_(std::move(content_type))
    , document_(std::move(document))
{
}

patch_body patch_body::merge(json::value document)
{
    return patch_body("application/merge-patch+json", std::move(document));
}

patch_body patch_body::operations(json::array operations)
{
    return patch_body("application/json-patch+json", json::value(std::move(operations)));
}

patch_body patch_body::strategic(json::value document)
{
    return patch_body("application/strategic-merge-patch+json", std::move(document));
}

}  // namespace kuberay::kube
