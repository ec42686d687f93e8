package io.knit.core.agent.relay;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** The PROXY protocol's header, version 2, of a connection over TCP (pure). */
final class ProxyHeader {
    private static final byte[] SIGNATURE = {0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A};
    /** Version 2, and the connection is another's. */
    private static final byte PROXIED = 0x21;

    private static final byte TCP_V4 = 0x11;
    private static final byte TCP_V6 = 0x21;

    private ProxyHeader() {}

    /**
     * The bytes that go before all others.
     *
     * @param from who connects
     * @param to where he has connected to; of the same family
     */
    static byte[] of(InetSocketAddress from, InetSocketAddress to) {
        byte[] source = from.getAddress().getAddress();
        byte[] destination = to.getAddress().getAddress();
        int length = source.length + destination.length + 4;
        return ByteBuffer.allocate(SIGNATURE.length + 4 + length)
                .put(SIGNATURE)
                .put(PROXIED)
                .put(from.getAddress() instanceof Inet4Address ? TCP_V4 : TCP_V6)
                .putShort((short) length)
                .put(source)
                .put(destination)
                .putShort((short) from.getPort())
                .putShort((short) to.getPort())
                .array();
    }
}
