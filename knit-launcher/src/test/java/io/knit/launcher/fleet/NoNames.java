package io.knit.launcher.fleet;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;

/** A resolver that says of every name that there is none, as a program of its own: {@code NoNames ADDRESS}. Hosts have one that answers, even where it knows nothing. */
final class NoNames {
    private static final int PORT = 53;
    private static final int HEADER = 12;
    /** It is an answer, as the question wants it. */
    private static final int ANSWER = 0x80;
    /** It could have asked others, and the name is not there. */
    private static final int NO_SUCH_NAME = 0x83;

    private NoNames() {}

    public static void main(String[] args) throws IOException {
        try (DatagramSocket socket = new DatagramSocket(PORT, InetAddress.getByName(args[0]))) {
            System.out.println("ready: " + args[0]);
            byte[] bytes = new byte[1500];
            while (true) {
                DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
                socket.receive(packet);
                if (packet.getLength() > HEADER) {
                    bytes[2] |= (byte) ANSWER;
                    bytes[3] = (byte) NO_SUCH_NAME;
                    // nothing follows the question
                    for (int i = 6; i < HEADER; i++) {
                        bytes[i] = 0;
                    }
                    packet.setLength(question(bytes, packet.getLength()));
                    socket.send(packet);
                }
            }
        }
    }

    /** Where the only question ends. */
    private static int question(byte[] bytes, int length) {
        int at = HEADER;
        while (at < length && bytes[at] != 0) {
            at += bytes[at] + 1;
        }
        return Math.min(length, at + 5);
    }
}
