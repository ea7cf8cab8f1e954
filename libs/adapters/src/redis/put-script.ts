/**
 * One call writes many entries of one hash tag. It compares versions where the values are, so that an old owner that
 * still writes changes nothing (D4).
 *
 * KEYS: the mark of a complete fill, the mark of a fill under way, then those of the entries.
 * ARGV: the entries packed one behind the other (`packEntries`); the fill's name, or '' for changes; of a fill 'first',
 * 'last', both or neither, the call's place in it.
 *
 * Changes are refused where no fill is complete: a store never looks whole when it is not. A fill's own mark is checked by
 * each of its calls, because the store may be emptied between two of them.
 *
 * The server's part is mostly calls out of the script, so there are few: one reads all that stands, and a value of the same day
 * keeps its expiry, which is a shorter command to do and to log (ADR 25).
 */
export const PUT_SCRIPT = `
local packed, fill, place = ARGV[1], ARGV[2], ARGV[3]
local server = redis.pcall('INFO', 'server')
local process = type(server) == 'string' and string.match(server, 'run_id:(%x+)') or ''
if fill == '' then
  if redis.call('EXISTS', KEYS[1]) == 0 then return { 0, process } end
elseif string.find(place, 'first') then
  redis.call('SET', KEYS[2], fill, 'PX', 3600000)
elseif redis.call('GET', KEYS[2]) ~= fill then
  return { 0, process }
end
local call, sub, read = redis.call, string.sub, struct.unpack
local standing = #KEYS > 2 and call('MGET', unpack(KEYS, 3)) or {}
local written = {}
local at, latest, expiry_ms, expiry = 1, 0, -1, ''
for i = 3, #KEYS do
  local length, version, expires_ms = read('<I4dd', packed, at)
  local after = at + 20 + length
  -- What is no string is nil for MGET, and an error for GETRANGE.
  local head = standing[i - 2] or call('GETRANGE', KEYS[i], 0, 15)
  local standing_version, standing_ms = -1, -1
  -- What stands was read before this call wrote: the newer of two entries of one key stays, whichever comes first.
  if written[KEYS[i]] then standing_version = written[KEYS[i]]
  elseif #head >= 16 then standing_version, standing_ms = read('<dd', head) end
  if standing_version < version then
    written[KEYS[i]] = version
    if standing_ms == expires_ms then
      call('SET', KEYS[i], sub(packed, at + 4, after - 1), 'KEEPTTL')
    else
      if expires_ms ~= expiry_ms then expiry_ms, expiry = expires_ms, string.format('%.0f', expires_ms) end
      call('SET', KEYS[i], sub(packed, at + 4, after - 1), 'PXAT', expiry)
    end
  end
  if expires_ms > latest then latest = expires_ms end
  at = after
end
if string.find(place, 'last') then
  redis.call('SET', KEYS[1], fill)
  redis.call('DEL', KEYS[2])
end
-- The mark lives as long as what it stands for.
if latest > 0 and redis.call('PEXPIRETIME', KEYS[1]) < latest then
  redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', latest))
end
return { 1, process }
`;

/** Whether the store has all that was put before (0 or 1), and which server process answered. */
export type PutAnswer = readonly [complete: number, process: string];
