"""The nginx that gives the processes of a topology one address.

It speaks as the product does: whatever it refuses, or cannot pass on, is answered with the problem document that
a process would give. What died on its way is sent once more if that is safe: reading, and whatever carries an
`Idempotency-Key`. A process that was killed keeps its door open while the next one starts, so most of it arrives.
"""

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path

from chengtuan.apps.serving import IDLE_S
from chengtuan.apps.topology import BadTopology, Process, Topology
from chengtuan.kernel.problems import (
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    Problem,
    RangeNotSatisfiable,
    TooLarge,
    Unavailable,
    UnknownProblem,
)
from chengtuan.platform.http.bodies import MAX_BODY_BYTES, MAX_UPLOAD_BYTES, TooSlow
from chengtuan.platform.http.headers import ASK_AGAIN, FOR_AN_HOUR, IMMUTABLE, NEVER_KEPT, NOTHING, PAGES, SAFETY

UPLOADS = ("/api/v1/catalog/console/media",)
"""Routes that read a form themselves: passed on as it arrives, so that they see who sends before much of it does."""
WAITING = ("/api/v1/trade/groups/{group_id}/live", "/api/v1/trade/groups/{group_id}/changes")
"""Routes that say nothing for a while on purpose; whoever asks any other to `wait` says so."""
_LATE_S = 2
"""A process that is so much over its own limit hangs, and will not answer at all."""
_KEPT_S = IDLE_S * 2 // 3
_PATIENT = "proxy_read_timeout 75s;"
_FORM_ROOM = 64 * 1024
_AWAY = "502 503 504"
_DOCUMENT = "index.html"
_TELLS_OF_LINKS = "trade"
_REFUSALS: dict[str, Problem] = {
    "400 414 431 494": InvalidRequest(errors=[]),
    "403 404": NotFound(),
    "405": MethodNotAllowed(),
    "408": TooSlow(),
    "413": TooLarge(limit_bytes=MAX_BODY_BYTES),
    "416": RangeNotSatisfiable(),
    "500": UnknownProblem(),
    _AWAY: Unavailable(retry_after_s=2),
}
"""What nginx itself would say, and what is said instead."""
_UNREADABLE = InvalidRequest.status


def _place(problem: Problem) -> str:
    """Where a refusal is. A request that could not be read has no address, and without one no way leads to a name."""
    return f"/_refused/{problem.status}" if problem.status == _UNREADABLE else f"@refused_{problem.status}"


_ERROR_PAGES = [f"error_page {statuses} = {_place(problem)};" for statuses, problem in _REFUSALS.items()]
_PROXY = """
    proxy_http_version 1.1;
    proxy_buffering off;
    proxy_set_header Connection "";
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_connect_timeout 3s;
    proxy_next_upstream error;
    proxy_next_upstream_tries 2;
"""
_HTTP = """
  include /etc/nginx/mime.types;
  access_log off;
  client_header_timeout 15s;
  client_body_timeout 15s;
  reset_timedout_connection on;
  server_tokens off;
  absolute_redirect off;
  gzip_static on;
  gzip_vary on;
  # of the address only what needs no escaping in JSON
  map $request_uri $instance { default /; "~^(?<path>/[-A-Za-z0-9._~/%:@+,]*)" $path; }
  # and of a page of the console only what may stand in a header
  map $request_uri $console_page { default ""; "~^/console/(?<rest>[-A-Za-z0-9_~/%:@+,?=&]*)" $rest; }
"""


def nginx_conf(
    topology: Topology, *, listen: int, base_port: int, root: Mapping[str, Path], request_timeout_s: float = 8.0
) -> str:
    """Its configuration; `root` has `media`, `shop`, `console`.

    `request_timeout_s` is the processes' own limit: who says nothing for 2 s more is answered for, with a 503.
    """
    parts = ["worker_processes 1;", "events { worker_connections 4096; }", "http {", _HTTP]
    parts += [_upstream(process, base_port) for process in topology.processes]
    parts += ["  server {", f"    listen 127.0.0.1:{listen};", f"    client_max_body_size {MAX_BODY_BYTES};", _PROXY]
    parts.append(f"    proxy_read_timeout {math.ceil(request_timeout_s + _LATE_S)}s;")
    parts += [f"    {page}" for page in _ERROR_PAGES]
    parts += [_refusal(problem) for problem in _REFUSALS.values()]
    for process in topology.processes:
        parts += [_module(process, module) for module in process.modules]
        parts.append(_health(f"/healthz/{process.name}", process))
    parts += [_upload(topology, path) for path in UPLOADS]
    first = topology.processes[0]
    parts += [
        _health("/healthz", first, "/healthz/all"),
        f"    location ~ ^/(api/v1/|livez$|docs|openapi.json) {{ proxy_pass http://{first.name}; }}",
        "    location ~ ^/(_facade|_events) { return 404; }",
        *_files(root),
        *_pages(topology, root["shop"]),
        "  }",
        "}",
    ]
    return "\n".join(parts) + "\n"


def _files(root: Mapping[str, Path]) -> list[str]:
    """With the headers that `apps/files.py` gives them."""
    lines = [r"    location ~ /\. { return 404; }", "    location = /console { return 308 /console/; }"]
    lines += _location("/media/", root["media"], "/", FOR_AN_HOUR, NOTHING)
    lines += _location("/media/uploads/", root["media"], "/uploads/", IMMUTABLE, NOTHING)
    for prefix, name in (("/console/", "console"), ("/", "shop")):
        lines += _location(f"{prefix}assets/", root[name], "/assets/", IMMUTABLE, PAGES)
        lines += _location(prefix, root[name], "/", ASK_AGAIN, PAGES)
    return lines + _console_pages()


def _pages(topology: Topology, shop: Path) -> list[str]:
    """What has no dot is a page of the shop, and a process says what its link leads to.

    With nobody there it opens all the same, and tells of the outage itself.
    """
    process = next((each for each in topology.processes if _TELLS_OF_LINKS in each.modules), topology.processes[0])
    others = [f"      {page}" for page in _ERROR_PAGES if not page.startswith(f"error_page {_AWAY} ")]
    return [
        "    location ~ ^/(?!assets/|console/|media/)[^.]*$ {",
        *others,
        f"      error_page {_AWAY} = @shell;",
        f"      proxy_pass http://{process.name};",
        "    }",
        "    location @shell {",
        f"      root {nginx_word(shop)};",
        *_added(ASK_AGAIN, PAGES),
        f"      try_files /{_DOCUMENT} =404;",
        "    }",
    ]


def _console_pages() -> list[str]:
    """A browser without the hash is led to the page; whoever else asks is told that there is no such file."""
    return [
        "    location ~ ^/console/(?!assets/)[^.]+$ {",
        *_added(ASK_AGAIN, PAGES),
        '      add_header Vary "Accept" always;',
        '      if ($http_accept ~ "text/html") { return 307 "/console/#/$console_page"; }',
        "      return 404;",
        "    }",
    ]


def _location(prefix: str, folder: Path, below: str, keeping: str, policy: str) -> list[str]:
    return [
        f"    location {prefix} {{",
        f"      alias {nginx_word(folder, below)};",
        *_added(keeping, policy),
        "    }",
    ]


def _added(keeping: str, policy: str) -> list[str]:
    headers = {"Cache-Control": keeping, "Content-Security-Policy": policy, **SAFETY}
    return [f'      add_header {name} "{value}" always;' for name, value in headers.items()]


def _upstream(process: Process, base_port: int) -> str:
    """Twice the same: the second is the second try. Who keeps a connection ends it before the process does."""
    server = f"server 127.0.0.1:{base_port + process.port_offset} max_fails=0;"
    return f"  upstream {process.name} {{ {server} {server} keepalive 32; keepalive_timeout {_KEPT_S}s; }}"


def _module(process: Process, module: str) -> str:
    """Whatever carries an Idempotency-Key goes another way, on which all methods are tried again; so does who waits.

    `error_page` inside a location replaces the server's, so these are repeated.
    """
    return f"""
    location ^~ /api/v1/{module}/ {{
      {" ".join(_ERROR_PAGES)}
      recursive_error_pages on;  # else the way to @again would be the only one, and what fails there nginx's own page
      error_page 418 = @again_{module};
      if ($http_idempotency_key) {{ return 418; }}
      error_page 419 = @patient_{module};
      if ($arg_wait) {{ return 419; }}
      proxy_pass http://{process.name};
{_waiting(process, module)}    }}
    location @again_{module} {{
      proxy_next_upstream error non_idempotent;
      proxy_pass http://{process.name};
    }}
    location @patient_{module} {{ {_PATIENT} proxy_pass http://{process.name}; }}
    location ^~ /api/v1/background/{module}/ {{ proxy_pass http://{process.name}; }}"""


def _health(path: str, process: Process, door: str = "/healthz") -> str:
    """Whoever watches asks often, and is told soon that a process hangs."""
    return f"    location = {path} {{ proxy_read_timeout 4s; proxy_pass http://{process.name}{door}; }}"


def _waiting(process: Process, module: str) -> str:
    patterns = [re.sub(r"{[^}]*}", "[^/]+", path) for path in WAITING if path.split("/")[3] == module]
    target = f"proxy_pass http://{process.name};"
    return "".join(f"      location ~ ^{pattern}$ {{ {_PATIENT} {target} }}\n" for pattern in patterns)


def _upload(topology: Topology, path: str) -> str:
    module = path.split("/")[3]
    process = next(process for process in topology.processes if module in process.modules)
    size = MAX_UPLOAD_BYTES + _FORM_ROOM
    return f"""
    location = {path} {{
      client_max_body_size {size};
      proxy_request_buffering off;
      {_PATIENT}
      proxy_pass http://{process.name};
    }}"""


def _refusal(problem: Problem) -> str:
    body = json.dumps(problem.to_body() | {"instance": "$instance", "request_id": "$request_id"}, ensure_ascii=True)
    headers = {"Cache-Control": NEVER_KEPT, "Content-Security-Policy": NOTHING, **SAFETY}
    headers |= {"x-request-id": "$request_id"}
    if retry_after_s := problem.extension.get("retry_after_s"):
        headers["retry-after"] = str(retry_after_s)
    lines = "".join(f'\n      add_header {name} "{value}" always;' for name, value in headers.items())
    quoted = body.replace("\\", "\\\\").replace("'", "\\'")
    place = _place(problem)
    visible = "internal;" if place.startswith("/") else ""
    return f"""
    location {"= " + place if visible else place} {{ {visible}
      types {{ }}
      default_type application/problem+json;{lines}
      return {problem.status} '{quoted}';
    }}"""


def nginx_word(path: Path, end: str = "") -> str:
    """A path as one word of nginx's configuration. Raises BadTopology for what that cannot express."""
    text = f"{path}{end}"
    if "$" in text or "\n" in text:
        raise BadTopology(f"nginx takes a $ for a variable, so it cannot serve {path}; choose a folder without it")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
