// Command spdy_peer is the other side of exec and port-forward, made of the same Go packages as a kubelet and the API
// server before it: SPDY/3.1 by POST, and a SPDY tunnel in a WebSocket. Behind them are no programs but echoes, so a test
// needs neither a cluster nor a container, and it counts what is open. It prints the address on which it listens.
//
//	POST .../pods/{pod}/exec?command=cat            standard input to standard output, to its end
//	POST .../pods/{pod}/exec?command=both           N times a line to each output: command=both&command=N
//	POST .../pods/{pod}/exec?command=exit           ends with a code: command=exit&command=CODE
//	POST, GET .../pods/{pod}/portforward            the ports below
//	GET /counts                                     what is open, once nothing is, or after 10 s
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/util/proxy"
	apiproxy "k8s.io/apiserver/pkg/util/proxy"
	"k8s.io/cri-streaming/pkg/streaming/portforward"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
	utilexec "k8s.io/utils/exec"
)

const (
	idleTimeout   = 4 * time.Hour // as in the kubelet
	createTimeout = 30 * time.Second
	patience      = 10 * time.Second

	echoPort   = 7  // sends back what it gets, and "!" behind its end
	refusePort = 9  // nobody listens
	breakPort  = 13 // fails behind the first byte
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	self := "http://" + listener.Addr().String()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/namespaces/{ns}/pods/{pod}/exec", serveExec)
	mux.HandleFunc("POST /api/v1/namespaces/{ns}/pods/{pod}/portforward", servePortForward)
	mux.HandleFunc("GET /api/v1/namespaces/{ns}/pods/{pod}/portforward", serveTunnel(self))
	mux.HandleFunc("GET /counts", open.serve)
	fmt.Println(self)
	log.Fatal(http.Serve(listener, mux))
}

// ---- exec

func serveExec(w http.ResponseWriter, r *http.Request) {
	// The API server takes these names, a kubelet others.
	query := r.URL.Query()
	options := &remotecommand.Options{Stdin: query.Get("stdin") == "true", Stdout: query.Get("stdout") == "true",
		Stderr: query.Get("stderr") == "true", TTY: query.Get("tty") == "true"}
	defer open.begin(&open.Sessions)()
	remotecommand.ServeExec(w, r, executor{}, r.PathValue("pod"), "", "", query["command"], options, idleTimeout,
		createTimeout, remotecommand.SupportedStreamingProtocols)
}

type executor struct{}

func (executor) ExecInContainer(_ context.Context, _, _, _ string, argv []string, in io.Reader, out, errOut io.WriteCloser, _ bool,
	_ <-chan remotecommand.TerminalSize, _ time.Duration) error {
	number := 0
	if len(argv) == 2 {
		number, _ = strconv.Atoi(argv[1])
	}
	switch argv[0] {
	case "cat":
		_, err := io.Copy(out, in)
		return err
	case "both":
		for i := range number {
			if _, err := fmt.Fprintf(out, "out %d\n", i); err != nil {
				return err
			}
			if _, err := fmt.Fprintf(errOut, "err %d\n", i); err != nil {
				return err
			}
		}
		return nil
	case "exit":
		if number != 0 {
			return utilexec.CodeExitError{Err: fmt.Errorf("exit code %d", number), Code: number}
		}
		return nil
	}
	return fmt.Errorf("no program %q", argv[0])
}

// ---- port-forward

func servePortForward(w http.ResponseWriter, r *http.Request) {
	options, err := portforward.NewV4Options(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	defer open.begin(&open.Sessions)()
	portforward.ServePortForward(w, r, forwarder{}, r.PathValue("pod"), "", options, idleTimeout, createTimeout,
		portforward.SupportedProtocols)
}

// serveTunnel does what the API server does: SPDY is carried in a WebSocket here, and on as it is to the kubelet.
func serveTunnel(self string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		location, err := url.Parse(self + r.URL.Path)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		onward := proxy.NewUpgradeAwareHandler(location, http.DefaultTransport, false, true, responder{})
		apiproxy.NewTunnelingHandler(onward).ServeHTTP(w, r)
	}
}

type responder struct{}

func (responder) Error(w http.ResponseWriter, _ *http.Request, err error) {
	http.Error(w, err.Error(), http.StatusInternalServerError)
}

type forwarder struct{}

func (forwarder) PortForward(_ context.Context, _, _ string, port int32, stream io.ReadWriteCloser) error {
	defer open.begin(&open.Connections)()
	switch port {
	case echoPort:
		if _, err := io.Copy(stream, stream); err != nil {
			return err
		}
		_, err := io.WriteString(stream, "!")
		return err
	case breakPort:
		if _, err := io.ReadFull(stream, make([]byte, 1)); err != nil {
			return err
		}
		return errors.New("broken on purpose")
	}
	return fmt.Errorf("dial tcp 127.0.0.1:%d: connect: connection refused", port)
}

// ---- counts

type counts struct {
	lock        sync.Mutex
	changed     chan struct{}
	Sessions    int `json:"sessions"`    // exec, and connections for port-forward
	Connections int `json:"connections"` // to ports
	Begun       int `json:"begun"`       // of both, since the start
}

var open = counts{changed: make(chan struct{})}

// begin counts one more of these, and returns what counts it off.
func (c *counts) begin(which *int) func() {
	c.change(func() { *which++; c.Begun++ })
	return func() { c.change(func() { *which-- }) }
}

func (c *counts) change(how func()) {
	c.lock.Lock()
	defer c.lock.Unlock()
	how()
	close(c.changed)
	c.changed = make(chan struct{})
}

func (c *counts) serve(w http.ResponseWriter, _ *http.Request) {
	limit := time.After(patience)
	for {
		c.lock.Lock()
		quiet, changed := c.Sessions == 0 && c.Connections == 0, c.changed
		text, err := json.Marshal(c)
		c.lock.Unlock()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		timedOut := false
		if !quiet {
			select {
			case <-changed:
				continue
			case <-limit:
				timedOut = true
			}
		}
		if quiet || timedOut {
			w.Write(text)
			return
		}
	}
}
