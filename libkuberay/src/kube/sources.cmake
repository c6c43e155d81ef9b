# Sources and public headers of the layer "kube", relative to libkuberay/. Listed, never globbed.
set(kuberay_kube_sources
)
set(kuberay_kube_headers
)
