package io.knit.core.server.image;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.rules.tar.TarHead;
import io.knit.core.rules.tar.TarWords;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where in a tar its files are. Read from their heads alone, so that its size costs nothing. Blocks. */
final class TarIndex {
    static final int BLOCK = TarHead.BLOCK;
    private static final int MOST_ENTRIES = 10_000;
    private static final int MOST_SAID = 1 << 20;
    private static final int MOST_LINKS = 8;

    private final FileChannel file;
    private final long length;
    private final Map<String, Entry> entries = new HashMap<>();
    private long at;
    private @Nullable String longName;
    private @Nullable String longLink;
    private long longSize = -1;

    /** One file or link of it. */
    private record Entry(char type, String link, Span content) {}

    /** So many bytes of the file. */
    record Span(long at, long size) {}

    private TarIndex(FileChannel file, long length) {
        this.file = file;
        this.length = length;
    }

    /** @throws KnitException with {@code INVALID_VALUE} if it is no whole tar, or has what no image has */
    static TarIndex read(FileChannel file) throws IOException {
        TarIndex index = new TarIndex(file, file.size());
        while (index.next()) {
            if (index.entries.size() > MOST_ENTRIES) {
                throw broken("has more than " + MOST_ENTRIES + " entries");
            }
        }
        return index;
    }

    /** A regular file, also by a link within the tar. */
    Optional<Span> find(String name) {
        String wanted = name;
        for (int i = 0; i <= MOST_LINKS; i++) {
            Entry entry = entries.get(wanted);
            if (entry == null) {
                return Optional.empty();
            }
            if (entry.type() == '0') {
                return Optional.of(entry.content());
            }
            wanted = entry.link();
        }
        throw broken("has links that lead nowhere");
    }

    /** The bytes of one. */
    byte[] bytes(Span span) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) span.size());
        while (bytes.hasRemaining()) {
            if (file.read(bytes, span.at() + bytes.position()) < 0) {
                throw broken("is not whole: it ends in the middle");
            }
        }
        return bytes.array();
    }

    private boolean next() throws IOException {
        if (at + BLOCK > length) {
            throw broken(at == 0 ? "is empty" : "is not whole: its end is missing");
        }
        TarHead head = new TarHead(bytes(new Span(at, BLOCK)));
        if (head.isZero()) {
            if (entries.isEmpty()) {
                throw broken("is empty");
            }
            return false;
        }
        if (at == 0 && head.isCompressed()) {
            throw broken(
                    "is compressed; send it as docker save gives it, or unpack it on the way: gunzip -c FILE | knit image push NAME -");
        }
        if (!head.isWhole()) {
            throw broken(at == 0 ? "is none: its first 512 bytes are no head of an entry" : "is damaged in the middle");
        }
        at += BLOCK;
        char type = head.type();
        long size = longSize >= 0 && "xgLK".indexOf(type) < 0 ? longSize : head.size();
        if (size < 0 || size > length - at) {
            throw broken("is not whole: it ends in the middle of an entry");
        }
        Span content = new Span(at, size);
        switch (type) {
            case 'x' -> records(said(content));
            case 'L' -> longName = TarWords.trimmed(said(content));
            case 'K' -> longLink = TarWords.trimmed(said(content));
            case 'g' -> {}
            default -> entry(type, head, content);
        }
        at += (size + BLOCK - 1) / BLOCK * BLOCK;
        return true;
    }

    private void entry(char type, TarHead head, Span content) {
        String name = within("", longName == null ? head.name() : longName);
        String link = longLink == null ? head.link() : longLink;
        int slash = name.lastIndexOf('/');
        Entry entry = switch (type) {
            case '0', '\0' -> new Entry('0', "", content);
            case '1' -> new Entry('1', within("", link), content);
            case '2' -> new Entry('2', within(slash < 0 ? "" : name.substring(0, slash), link), content);
            case '5' -> null;
            default -> throw broken("has an entry that is no file, folder or link, which no image has");
        };
        if (entry != null && entries.put(name, entry) != null) {
            throw broken("has two entries of one name");
        }
        longName = null;
        longLink = null;
        longSize = -1;
    }

    /** @return where a path leads that is said in a folder of the tar */
    private static String within(String folder, String path) {
        if (path.startsWith("/") || path.isEmpty()) {
            throw broken("has an entry, or a link, that leads out of it");
        }
        Deque<String> parts = new ArrayDeque<>();
        String whole = folder.isEmpty() ? path : folder + "/" + path;
        for (String part : whole.split("/")) {
            if (part.equals("..")) {
                if (parts.pollLast() == null) {
                    throw broken("has an entry, or a link, that leads out of it");
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        return String.join("/", parts);
    }

    private byte[] said(Span content) throws IOException {
        if (content.size() > MOST_SAID) {
            throw broken("says more than " + MOST_SAID + " bytes of one entry");
        }
        return bytes(content);
    }

    private void records(byte[] words) {
        if (!TarWords.records(words, this::record)) {
            throw unreadable();
        }
    }

    private void record(String key, String value) {
        switch (key) {
            case "path" -> longName = value;
            case "linkpath" -> longLink = value;
            case "size" -> longSize = TarWords.number(value).orElseThrow(TarIndex::unreadable);
            default -> {}
        }
    }

    private static KnitException unreadable() {
        return broken("has an entry of which it can't be read what is said of it");
    }

    static KnitException broken(String words) {
        return new KnitException(ErrorCode.INVALID_VALUE, "the tar " + words + "; nothing was pushed");
    }
}
