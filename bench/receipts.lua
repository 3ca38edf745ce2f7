-- wrk: signed receipts, a line each ("path signature body") of the file that stands as the first argument after `--`; at the end of it
-- from the beginning again.
local lines, place = {}, 0

function init(args)
  for line in io.lines(args[1]) do lines[#lines + 1] = line end
end

function request()
  place = place % #lines + 1
  local path, signature, body = lines[place]:match("^(%S+) (%S+) (%S+)$")
  local headers = { ["Content-Type"] = "application/x-www-form-urlencoded", ["X-Twilio-Signature"] = signature }
  return wrk.format("POST", path, headers, body)
end

function done(summary, latency, requests)
  local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format('{"requests": %d, "seconds": %.6f, "failed": %d, "p50_ms": %.3f, "p99_ms": %.3f}\n',
    summary.requests, summary.duration / 1e6, failed, latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
