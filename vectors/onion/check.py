#!/usr/bin/env python3
"""Opens every onion vector with Python's standard library alone: python3 vectors/onion/check.py

A third implementation, written from docs/spec/00 to 02, in another language. Slow, not constant
time, for checking only. Prints one line and exits 0 when everything agrees.
"""
import hashlib
import json
import pathlib
import struct

HERE = pathlib.Path(__file__).parent
FRAME, PREFIX, KEM, TAG, LAYER, PAYLOAD_AT = 12288, 8, 1120, 16, 1176, 4712


# --- 01, 1: primitives ---------------------------------------------------------------------------

def blake2b(data, key=b"", length=32):
    return hashlib.blake2b(data, digest_size=length, key=key).digest()


def chacha20_block(key, counter, nonce):
    start = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574]
    start += list(struct.unpack("<8I", key)) + [counter] + list(struct.unpack("<3I", nonce))
    x = list(start)

    def quarter(a, b, c, d):
        x[a] = (x[a] + x[b]) & 0xFFFFFFFF
        x[d] ^= x[a]
        x[d] = ((x[d] << 16) | (x[d] >> 16)) & 0xFFFFFFFF
        x[c] = (x[c] + x[d]) & 0xFFFFFFFF
        x[b] ^= x[c]
        x[b] = ((x[b] << 12) | (x[b] >> 20)) & 0xFFFFFFFF
        x[a] = (x[a] + x[b]) & 0xFFFFFFFF
        x[d] ^= x[a]
        x[d] = ((x[d] << 8) | (x[d] >> 24)) & 0xFFFFFFFF
        x[c] = (x[c] + x[d]) & 0xFFFFFFFF
        x[b] ^= x[c]
        x[b] = ((x[b] << 7) | (x[b] >> 25)) & 0xFFFFFFFF

    for _ in range(10):
        for i in range(4):
            quarter(i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            quarter(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(x, start)))


def chacha20(key, length, counter=0, nonce=bytes(12)):
    blocks = (chacha20_block(key, counter + i, nonce) for i in range((length + 63) // 64))
    return b"".join(blocks)[:length]


def poly1305(key, message):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for i in range(0, len(message), 16):
        total = (total + int.from_bytes(message[i:i + 16] + b"\1", "little")) * r % (2**130 - 5)
    return ((total + int.from_bytes(key[16:], "little")) % 2**128).to_bytes(16, "little")


def xor(a, b):
    return (int.from_bytes(a, "little") ^ int.from_bytes(b, "little")).to_bytes(len(a), "little")


def pad16(data):
    return data + bytes(-len(data) % 16)


def aead_open(key, nonce, ad, sealed, tag):
    lengths = struct.pack("<QQ", len(ad), len(sealed))
    mac_key = chacha20(key, 32, 0, nonce)
    if poly1305(mac_key, pad16(ad) + pad16(sealed) + lengths) != tag:
        return None
    return xor(sealed, chacha20(key, len(sealed), 1, nonce))


def x25519(scalar, point):
    p = 2**255 - 19
    k = int.from_bytes(scalar, "little") & ~7 & (2**255 - 1) | 2**254
    u = int.from_bytes(point, "little") & (2**255 - 1)
    x2, z2, x3, z3 = 1, 0, u, 1
    for bit in reversed(range(255)):
        swap = (k >> bit) & 1
        if swap:
            x2, x3, z2, z3 = x3, x2, z3, z2
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        da, cb, aa, bb = d * a, c * b, a * a, b * b
        x3, z3 = pow(da + cb, 2, p), u * pow(da - cb, 2, p) % p
        e = aa - bb
        x2, z2 = aa * bb % p, e * (aa + 121665 * e) % p
        if swap:
            x2, x3, z2, z3 = x3, x2, z3, z2
    return (x2 * pow(z2, p - 2, p) % p).to_bytes(32, "little")


# --- ML-KEM-768 (FIPS 203) -----------------------------------------------------------------------

Q, N, K = 3329, 256, 3
ZETAS = [pow(17, int(f"{i:07b}"[::-1], 2), Q) for i in range(128)]


def ntt(f):
    f, i, step = list(f), 1, 128
    while step >= 2:
        for start in range(0, N, 2 * step):
            z, i = ZETAS[i], i + 1
            for j in range(start, start + step):
                t = z * f[j + step] % Q
                f[j], f[j + step] = (f[j] + t) % Q, (f[j] - t) % Q
        step //= 2
    return f


def inverse_ntt(f):
    f, i, step = list(f), 127, 2
    while step <= 128:
        for start in range(0, N, 2 * step):
            z, i = ZETAS[i], i - 1
            for j in range(start, start + step):
                f[j], f[j + step] = (f[j] + f[j + step]) % Q, z * (f[j + step] - f[j]) % Q
        step *= 2
    return [x * 3303 % Q for x in f]


def multiply(f, g):
    out = []
    for i in range(128):
        gamma = pow(17, 2 * int(f"{i:07b}"[::-1], 2) + 1, Q)
        a, b, c, d = f[2 * i], f[2 * i + 1], g[2 * i], g[2 * i + 1]
        out += [(a * c + b * d * gamma) % Q, (a * d + b * c) % Q]
    return out


def add(*polynomials):
    return [sum(column) % Q for column in zip(*polynomials)]


def sample_uniform(seed):
    stream, out, at = hashlib.shake_128(seed).digest(3 * 700), [], 0
    while len(out) < N:
        a, b, c = stream[at:at + 3]
        at += 3
        out += [x for x in (a + 256 * (b % 16), b // 16 + 16 * c) if x < Q]
    return out[:N]


def sample_noise(seed, nonce):
    bits = int.from_bytes(hashlib.shake_256(seed + bytes([nonce])).digest(128), "little")
    nibbles = [(bits >> (4 * i)) & 15 for i in range(N)]
    return [((n & 1) + (n >> 1 & 1) - (n >> 2 & 1) - (n >> 3)) % Q for n in nibbles]


def encode(polynomial, d):
    return sum(x << (d * i) for i, x in enumerate(polynomial)).to_bytes(32 * d, "little")


def decode(data, d):
    value = int.from_bytes(data, "little")
    return [(value >> (d * i)) & (2**d - 1) for i in range(N)]


def compress(polynomial, d):
    return [((x << d) + Q // 2) // Q % 2**d for x in polynomial]


def decompress(polynomial, d):
    return [(x * Q + 2**(d - 1)) >> d for x in polynomial]


def matrix(rho):
    return [[sample_uniform(rho + bytes([j, i])) for j in range(K)] for i in range(K)]


def ml_keygen(seed):
    d, z = seed[:32], seed[32:]
    g = hashlib.sha3_512(d + bytes([K])).digest()
    rho, sigma = g[:32], g[32:]
    a = matrix(rho)
    s = [ntt(sample_noise(sigma, i)) for i in range(K)]
    e = [ntt(sample_noise(sigma, K + i)) for i in range(K)]
    t = [add(e[i], *(multiply(a[i][j], s[j]) for j in range(K))) for i in range(K)]
    return s, b"".join(encode(x, 12) for x in t) + rho, z


def ml_encrypt(public, message, coins):
    t = [decode(public[384 * i:384 * (i + 1)], 12) for i in range(K)]
    a = matrix(public[384 * K:])
    y = [ntt(sample_noise(coins, i)) for i in range(K)]
    u = [add(inverse_ntt(add(*(multiply(a[j][i], y[j]) for j in range(K)))),
             sample_noise(coins, K + i)) for i in range(K)]
    mu = decompress(decode(message, 1), 1)
    v = add(inverse_ntt(add(*(multiply(t[i], y[i]) for i in range(K)))),
            sample_noise(coins, 2 * K), mu)
    return b"".join(encode(compress(x, 10), 10) for x in u) + encode(compress(v, 4), 4)


def ml_decapsulate(key, ciphertext):
    s, public, z = key
    u = [decompress(decode(ciphertext[320 * i:320 * (i + 1)], 10), 10) for i in range(K)]
    v = decompress(decode(ciphertext[320 * K:], 4), 4)
    w = inverse_ntt(add(*(multiply(s[i], ntt(u[i])) for i in range(K))))
    message = encode(compress([(x - y) % Q for x, y in zip(v, w)], 1), 1)
    g = hashlib.sha3_512(message + hashlib.sha3_256(public).digest()).digest()
    if ml_encrypt(public, message, g[32:]) == ciphertext:
        return g[:32]
    return hashlib.shake_256(z + ciphertext).digest(32)


# --- 01, 2 to 7: labels, PRF, X-Wing, LIONESS -----------------------------------------------------

def prf(key, name, data, length=32):
    text = b"tacet/1/" + name
    return blake2b(bytes([len(text)]) + text + data, key, length)


class XWing:
    def __init__(self, seed):
        expanded = hashlib.shake_256(seed).digest(96)
        self.ml, self.x = ml_keygen(expanded[:64]), expanded[64:]
        self.px = x25519(self.x, b"\x09" + bytes(31))
        self.public = self.ml[1] + self.px

    def decapsulate(self, ct):
        ss_x = x25519(self.x, ct[1088:])
        ss_m = ml_decapsulate(self.ml, ct[:1088])
        if ss_x == bytes(32):
            return None
        return hashlib.sha3_256(ss_m + ss_x + ct[1088:] + self.px + b"\\.//^\\").digest()


def lioness(key, block, encrypt):
    k = [key[32 * i:32 * i + 32] for i in range(4)]
    left, right = block[:32], block[32:]
    for i in range(4) if encrypt else reversed(range(4)):
        if i % 2 == 0:
            right = xor(right, chacha20(xor(left, k[i]), len(right)))
        else:
            left = xor(left, blake2b(right, k[i]))
    return left + right


# --- 02 ------------------------------------------------------------------------------------------

def number(data):
    return int.from_bytes(data, "big")


def layer_keys(prk):
    s = chacha20(prk, 212)
    return {"header_key": s[:32], "nonce": s[32:44], "lioness": s[44:172], "tag": s[172:180],
            "mac_key": s[180:]}


def layer_prk(secret, layer, epoch, document):
    return prf(secret, b"onion-layer", bytes([layer]) + epoch.to_bytes(4, "big") + document)


def reply_key(seed):
    return chacha20(prf(seed, b"onion-reply", b""), 128)


class Relay:
    def __init__(self, scene, name):
        json_relay = next(r for r in scene["relays"] if r["name"] == name)
        self.layer, self.index = json_relay["layer"], json_relay["index"]
        self.pair = XWing(bytes.fromhex(json_relay["seed"]))
        self.public_matches = self.pair.public.hex() == json_relay["public_key"]
        self.documents = [bytes.fromhex(scene[n]) for n in ("document_hash", "predecessor_hash")]
        self.epochs, self.cap = scene["accepted_epochs"], scene["delay_cap"]
        self.seen = set()

    def open(self, packet, refill=None):
        i = self.layer
        if len(packet) != FRAME:
            return "length", None
        epoch = number(packet[2:6])
        for wrong, reason in ((packet[0] != 1, "version"), (packet[1] != i, "layer"),
                              (epoch not in self.epochs, "epoch"),
                              (number(packet[6:8]) != self.index, "index")):
            if wrong:
                return reason, None
        secret = self.pair.decapsulate(packet[8:1128])
        if secret is None:
            return "kem", None
        for document in self.documents:
            keys = layer_keys(layer_prk(secret, i, epoch, document))
            plain = aead_open(keys["header_key"], keys["nonce"], packet[:1128],
                              packet[1144:8 + (5 - i) * LAYER], packet[1128:1144])
            if plain is not None:
                break
        else:
            return "header", None
        if (epoch, keys["tag"]) in self.seen:
            return "replay", None
        command, flags, following = plain[0], plain[1], number(plain[2:4])
        delay, ident, mac = number(plain[4:8]), plain[8:24], plain[24:40]
        edge, no_id = i == 4, ident == bytes(16)
        allowed = {
            1: not edge and no_id and flags in (0, 1),
            2: edge and no_id and flags == 1 and following == 0,
            3: edge and flags == 0 and following == 0 and delay == 0,
            4: not edge and flags == 0 and following == 0 and delay == 0,
        }.get(command, False)
        if not allowed:
            return "command", None
        payload = packet[PAYLOAD_AT:]
        if flags == 1 and poly1305(keys["mac_key"], payload) != mac:
            return "mac", None
        if delay > self.cap:
            return "delay", None
        self.seen.add((epoch, keys["tag"]))
        if command == 4:
            return "end", ident
        opened = lioness(keys["lioness"], payload, False)
        if command == 3:
            return "reply", (ident, opened)
        if command == 1:
            prefix = bytes([1, i + 1]) + packet[2:6] + plain[2:4]
            return "forward", prefix + plain[40:] + (refill or bytes(i * LAYER)) + opened
        if opened[:16] != bytes(16):
            return "end-check", None
        word, block = number(opened[16:18]), opened[18:4760]
        length, present = word & 0xFFF, word >> 15 == 1
        if word & 0x7000 or length > 2816 or any(opened[4760 + length:]):
            return "request", None
        if not present and any(block):
            return "request", None
        return "request", (opened[4760:4760 + length], block if present else None)


def load(name):
    return json.loads((HERE / name).read_text())


def packet_of(entry, request):
    data = bytearray(request if "of" in entry else bytes.fromhex(entry["hex"]))
    length = entry.get("length", len(data))
    pad = bytes.fromhex(entry.get("pad", "00"))
    data = data[:length] + pad * (length - len(data))
    for at, bits in entry.get("xor", []):
        for i, octet in enumerate(bytes.fromhex(bits)):
            data[at + i] ^= octet
    return bytes(data)


def walk(scene, steps):
    """Every relay makes of its packet exactly the packet that the next one receives."""
    for i, step in enumerate(steps):
        kind, result = Relay(scene, step["relay"]).open(
            bytes.fromhex(step["receives"]), bytes.fromhex(step.get("refill", "")))
        assert kind == step["command"], (step["relay"], kind)
        if kind == "forward":
            assert result.hex() == steps[i + 1]["receives"], step["relay"]
    return result


def main():
    scene, checked = load("scene.json"), 0
    for relay in scene["relays"]:
        assert Relay(scene, relay["name"]).public_matches, relay["name"]
    for entry in load("keys.json"):
        document = bytes.fromhex(entry["document_hash"])
        prk = layer_prk(bytes.fromhex(entry["secret"]), entry["layer"], entry["epoch"], document)
        keys = layer_keys(prk)
        assert prk.hex() == entry["prk"] and keys["tag"].hex() == entry["replay_tag"]
        assert keys["lioness"].hex() == "".join(entry["lioness"])
        assert keys["mac_key"].hex() == entry["mac_key"]
        assert keys["header_key"].hex() + keys["nonce"].hex() == entry["header_key"] + entry["header_nonce"]
        checked += 1

    requests = load("requests.json")
    for entry in requests:
        expected = (entry["data"], entry["reply_block"])
        if "steps" in entry:
            data, block = walk(scene, entry["steps"])
            assert (data.hex(), block and block.hex()) == expected
        packet = bytearray.fromhex(entry["packet"])
        packet[1] = entry["first_layer"]
        for hop in entry["hops"]:
            kind, packet = Relay(scene, hop["relay"]).open(bytes(packet))
        assert kind == "request"
        assert (packet[0].hex(), packet[1] and packet[1].hex()) == expected
        checked += 1

    for entry in load("replies.json"):
        block, data = bytes.fromhex(entry["block"]), bytes.fromhex(entry["data"])
        seed = block[4706:4738]
        filled = bytes([1, 1]) + block[4738:] + block[:2] + block[2:4706]
        filled += lioness(reply_key(seed), bytes(16) + data, True)
        assert filled.hex() == entry["packet"]
        result = walk(scene, entry["steps"])
        if "payload" in entry:
            ident, payload = result
            assert ident.hex() == entry["id"] and payload.hex() == entry["payload"]
            for layer in reversed(entry["layers"]):
                prk = bytes.fromhex(layer["prk"])
                payload = lioness(layer_keys(prk)["lioness"], payload, True)
            assert lioness(reply_key(seed), payload, False) == bytes(16) + data
        else:
            assert result.hex() == entry["id"]
        checked += 1

    request = bytes.fromhex(requests[0]["steps"][0]["receives"])
    for entry in load("invalid.json"):
        relay = Relay(scene, entry["relay"])
        for step in entry["steps"]:
            kind, result = relay.open(packet_of(step["packet"], request))
            dropped = result is None
            assert kind == step["expect"], (entry["name"], kind)
            assert dropped == (step["expect"] != "forward"), entry["name"]
        checked += 1
    print(f"onion vectors: {checked} entries agree")


if __name__ == "__main__":
    main()
