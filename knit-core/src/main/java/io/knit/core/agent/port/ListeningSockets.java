package io.knit.core.agent.port;

import io.knit.api.model.Protocol;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The sockets of a Linux host that hold a port, by the kernel's tables. (Blocks.) */
final class ListeningSockets {
    /** A host has no more sockets than this in a table that is worth to be read for a word. */
    private static final int MOST_LINES = 100_000;

    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final String LISTENING = "0A";
    private static final int ADDRESS = 1;
    private static final int REMOTE = 2;
    private static final int STATE = 3;
    private static final int USER = 7;
    private static final int INODE = 9;

    private final Path tables;

    /** @param tables like {@code /proc/net} */
    ListeningSockets(Path tables) {
        this.tables = tables;
    }

    /** Users by the inodes of sockets that are in the way of this place. */
    Map<String, String> at(String ip, int port, Protocol protocol) throws IOException {
        byte[] address = InetAddress.getByName(ip).getAddress();
        Map<String, String> found = new LinkedHashMap<>();
        for (String table : protocol == Protocol.UDP ? new String[] {"udp", "udp6"} : new String[] {"tcp", "tcp6"}) {
            Path file = tables.resolve(table);
            if (Files.exists(file)) {
                read(file, address, port, protocol, found);
            }
        }
        return found;
    }

    private static void read(Path file, byte[] address, int port, Protocol protocol, Map<String, String> found)
            throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            String line = lines.readLine();
            for (int i = 0; line != null && i < MOST_LINES; i++) {
                String[] words = BLANKS.split(line.strip());
                if (words.length > INODE && isInTheWay(words, address, port, protocol)) {
                    found.put(words[INODE], words[USER]);
                }
                line = lines.readLine();
            }
        }
    }

    private static boolean isInTheWay(String[] words, byte[] address, int port, Protocol protocol) {
        boolean holds = protocol == Protocol.UDP ? words[REMOTE].endsWith(":0000") : words[STATE].equals(LISTENING);
        int colon = words[ADDRESS].indexOf(':');
        if (!holds
                || colon < 0
                || !words[ADDRESS].substring(colon + 1).equalsIgnoreCase(String.format(Locale.ROOT, "%04X", port))) {
            return false;
        }
        try {
            byte[] bound = InetAddress.getByAddress(bytes(words[ADDRESS].substring(0, colon)))
                    .getAddress();
            return isAny(bound) || isAny(address) || Arrays.equals(bound, address);
        } catch (UnknownHostException | IllegalArgumentException e) {
            // no line of an address
            return false;
        }
    }

    private static boolean isAny(byte[] address) {
        for (byte each : address) {
            if (each != 0) {
                return false;
            }
        }
        return true;
    }

    /** The kernel writes words of four bytes as its processor has them. */
    private static byte[] bytes(String hex) {
        byte[] written = HexFormat.of().parseHex(hex);
        ByteBuffer from = ByteBuffer.wrap(written);
        ByteBuffer to = ByteBuffer.allocate(written.length).order(ByteOrder.nativeOrder());
        while (from.remaining() >= Integer.BYTES) {
            to.putInt(from.getInt());
        }
        return to.array();
    }
}
