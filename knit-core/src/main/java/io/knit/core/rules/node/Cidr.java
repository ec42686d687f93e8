package io.knit.core.rules.node;

import io.knit.core.rules.IpAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Addresses that begin alike: {@code 10.54.0.0/24}; a single one is {@code 10.54.0.15}. Of what lies behind the prefix nothing counts. */
final class Cidr {
    private static final Pattern FORM = Pattern.compile("([^/]{2,45})(?:/(\\d{1,3}))?");

    private final int[] address;
    private final int prefix;

    private Cidr(int[] address, int prefix) {
        this.address = address;
        this.prefix = prefix;
    }

    /** Null: it is none. */
    static @Nullable Cidr of(String text) {
        Matcher form = FORM.matcher(text);
        int[] address = form.matches() ? bytes(form.group(1)) : null;
        if (address == null) {
            return null;
        }
        int bits = address.length * Byte.SIZE;
        int prefix = form.group(2) == null ? bits : Integer.parseInt(form.group(2));
        return prefix > bits ? null : new Cidr(address, prefix);
    }

    boolean has(String ip) {
        int[] other = bytes(ip);
        return other != null && has(other);
    }

    private boolean has(int[] other) {
        if (other.length != address.length) {
            return false;
        }
        for (int i = 0; i * Byte.SIZE < prefix; i++) {
            int mask = 0xff & -1 << Math.max(0, (i + 1) * Byte.SIZE - prefix);
            if ((address[i] & mask) != (other[i] & mask)) {
                return false;
            }
        }
        return true;
    }

    /** So many bits say whose it is. */
    int prefix() {
        return prefix;
    }

    /** Of an address: 32 or 128. */
    int bits() {
        return address.length * Byte.SIZE;
    }

    /** Whether each address of the other is in it. */
    boolean contains(Cidr other) {
        return other.prefix >= prefix && has(other.address);
    }

    /** Whether nothing lies behind the prefix. */
    boolean isPlain() {
        for (int i = prefix; i < bits(); i++) {
            if ((address[i / Byte.SIZE] & 0x80 >> i % Byte.SIZE) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether hosts have such addresses: neither loopback, nor link-local, nor multicast, nor what has no meaning yet. */
    boolean isOfHosts() {
        boolean v4 = address.length == 4;
        if (v4) {
            return address[0] != 0
                    && address[0] != 127
                    && address[0] < 224
                    && !(address[0] == 169 && address[1] == 254);
        }
        boolean unicast = address[0] >= 0x20 && address[0] < 0x40;
        boolean local = (address[0] & 0xfe) == 0xfc;
        return unicast || local;
    }

    private static int @Nullable [] bytes(String text) {
        String ip = IpAddress.canonical(text);
        if (ip == null) {
            return null;
        }
        boolean v4 = ip.indexOf(':') < 0;
        String[] parts = ip.split(v4 ? "\\." : ":");
        int[] bytes = new int[v4 ? 4 : 16];
        for (int i = 0; i < parts.length; i++) {
            if (v4) {
                bytes[i] = Integer.parseInt(parts[i]);
            } else {
                int group = Integer.parseInt(parts[i], 16);
                bytes[2 * i] = group >> Byte.SIZE;
                bytes[2 * i + 1] = group & 0xff;
            }
        }
        return bytes;
    }
}
