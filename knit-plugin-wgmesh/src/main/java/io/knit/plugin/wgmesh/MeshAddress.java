package io.knit.plugin.wgmesh;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A host's address on the mesh: a literal, never looked up by name. */
final class MeshAddress {
    private static final Pattern FORM = Pattern.compile("([0-9a-fA-F:.]{2,45})(?:/(\\d{1,3}))?");

    private MeshAddress() {}

    /** The address in its usual form and without its prefix length, or empty if the text is none that a host can have. */
    static Optional<String> read(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches() || !known(matcher.group(1))) {
            return Optional.empty();
        }
        InetAddress address = address(matcher.group(1));
        String prefix = matcher.group(2);
        boolean prefixFits = prefix == null || Integer.parseInt(prefix) <= address.getAddress().length * Byte.SIZE;
        return !prefixFits || address.isAnyLocalAddress() || address.isMulticastAddress()
                ? Optional.empty()
                : Optional.of(NetUtil.toAddressString(address));
    }

    private static boolean known(String literal) {
        return NetUtil.isValidIpV4Address(literal) || NetUtil.isValidIpV6Address(literal);
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByAddress(NetUtil.createByteArrayFromIpAddressString(literal));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(literal + " is of neither 4 nor 16 bytes", e);
        }
    }
}
