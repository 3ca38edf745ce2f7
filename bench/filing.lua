-- wrk: unique keys, phones and places; one request after the other on each connection.
-- Arguments after `--`: the bearer token (or "-"), and a salt that makes keys of one run differ from those of another.
local counter, thread_id, token, salt = 0, 0, "-", ""
local threads = 0

function setup(thread)
  thread:set("thread_id", threads)
  threads = threads + 1
end

function init(args)
  token, salt = args[1] or "-", args[2] or "0"
end

function request()
  counter = counter + 1
  local n = thread_id * 10000000 + counter
  local headers = { ["Content-Type"] = "application/json", ["Idempotency-Key"] = salt .. "-" .. n }
  if token ~= "-" then headers["Authorization"] = "Bearer " .. token end
  local body = string.format(
    '{"channel":"hotline","requester":{"name":"Nguyễn Thị Hoa","phone":"09%08d"},"category":"digital_signature",' ..
    '"description":"Chữ ký số không nhận, báo lỗi chứng thư","location":{"lat":%.5f,"lon":%.5f},"visit_consent":true}',
    n % 100000000, 20.98 + (n % 997) * 0.0001, 105.78 + (n % 991) * 0.0001)
  return wrk.format("POST", "/v1/requests", headers, body)
end

function done(summary, latency, requests)
  local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format('{"requests": %d, "seconds": %.6f, "failed": %d, "p50_ms": %.3f, "p99_ms": %.3f}\n',
    summary.requests, summary.duration / 1e6, failed, latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
