-- wrk: unique keys, phones and places; one request after the other on each connection.
-- Arguments after `--`: the bearer token (or "-"), a salt that makes keys of one run differ from those of another, and "untold" for
-- forms that name neither a place nor a category: both have to be read out of what somebody types.
local counter, thread_id, token, salt, untold = 0, 0, "-", "", false
local threads = 0

function setup(thread)
  thread:set("thread_id", threads)
  threads = threads + 1
end

function init(args)
  token, salt, untold = args[1] or "-", args[2] or "0", args[3] == "untold"
end

local said = {
  "k vào đc vneid, nó cứ báo sai mật khẩu hoài", "may in o quay mot cua ket giay lien tuc, dan cho lau",
  "Nộp hồ sơ trực tuyến đến bước cuối báo lỗi hệ thống", "co nguoi tu xung cong an goi bao bam vao duong link la",
  "Điểm tiếp nhận hồ sơ mất mạng từ sáng, dân chờ đông", "ky so bi loi, khong tim thay chung thu so tren may",
  "Gia hạn tạm trú online mà chủ nhà không xác nhận", "con toi moi sinh, lam giay khai sinh qua mang the nao",
}
local places = {
  "phường Cầu Giấy", "p. ba dinh, ha noi", "xã Sóc Sơn", "phuong Hoang Mai", "P. Tây Hồ, TP Hà Nội", "xa gia lam", "phường Long Biên",
}

local function words(n)
  return string.format('"description":"%s","address":"Số %d ngõ %d, %s"', said[n % #said + 1], n % 400, n % 37, places[n % #places + 1])
end

-- A city calls about all of them: ten thousand open ones of one kind would each have neighbours that look like the same.
local kinds = {
  "vneid_login", "vneid_activate", "vneid_device_change", "vneid_document", "portal_login", "portal_submit", "portal_track",
  "ihanoi_app", "birth", "marriage", "death", "certification", "residence", "social_benefit", "household_business",
  "land_construction", "payment", "digital_signature", "health_school", "network_outage", "equipment", "system_outage", "fraud",
  "digital_skill", "address_change",
}

local function fields(n)
  return string.format('"category":"%s","description":"Chữ ký số không nhận, báo lỗi chứng thư",' ..
    '"location":{"lat":%.5f,"lon":%.5f}', kinds[n % #kinds + 1], 20.85 + (n % 997) * 0.0003, 105.65 + (n * 613 % 991) * 0.0003)
end

function request()
  counter = counter + 1
  local n = thread_id * 10000000 + counter
  local headers = { ["Content-Type"] = "application/json", ["Idempotency-Key"] = salt .. "-" .. n }
  if token ~= "-" then headers["Authorization"] = "Bearer " .. token end
  local body = string.format(
    '{"channel":"hotline","requester":{"name":"Nguyễn Thị Hoa","phone":"09%08d"},%s,"visit_consent":true}',
    n % 100000000, (untold and words or fields)(n))
  return wrk.format("POST", "/v1/requests", headers, body)
end

function done(summary, latency, requests)
  local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format('{"requests": %d, "seconds": %.6f, "failed": %d, "p50_ms": %.3f, "p99_ms": %.3f}\n',
    summary.requests, summary.duration / 1e6, failed, latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
