# Sources and public headers of the layer "net", relative to libkuberay/. Listed, never globbed.
set(kuberay_net_sources
  src/net/byte_stream.cpp
  src/net/http.cpp
  src/net/http_parser.cpp
  src/net/http_server_codec.cpp
  src/net/memory_stream.cpp
  src/net/pending_operation.cpp
)
set(kuberay_net_headers
  include/kuberay/net/byte_stream.hpp
  include/kuberay/net/dialer.hpp
  include/kuberay/net/endpoint.hpp
  include/kuberay/net/http.hpp
  include/kuberay/net/websocket.hpp
)
