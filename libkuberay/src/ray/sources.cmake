# Sources and public headers of the layer "ray", relative to libkuberay/. Listed, never globbed.
set(kuberay_ray_sources
)
set(kuberay_ray_headers
)
