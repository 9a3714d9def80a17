using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [ (name = "echo", worker = .echo) ],
  sockets = [ (name = "tcp", address = "127.0.0.1:8081", tcp = (), service = "echo") ] );

const echo :Workerd.Worker = (
  modules = [ (name = "echo", esModule = embed "echo.js") ],
  compatibilityDate = "2026-10-01" );
