package io.knit.core.agent.volume;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.rules.tar.TarHead;
import io.knit.core.rules.tar.TarWords;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a tar while it passes: whether it is one, whole to its end, and of nothing but one folder. An engine packs on where it can't read and unpacks what is there of one that was cut off, and says so
 * of neither. Not thread-safe.
 */
final class TarCheck {
    private static final int BLOCK = TarHead.BLOCK;
    /** Of what is said of one entry beyond its head. */
    private static final int MOST_SAID = 1 << 20;

    private final String folder;
    private final byte[] block = new byte[BLOCK];
    private final TarHead head = new TarHead(block);
    private int headed;
    /** Of the entry under way, with what fills its last block. */
    private long left;

    private long size;
    private @Nullable ByteArrayOutputStream said;
    private char saying;
    private @Nullable String longName;
    private @Nullable String longLink;
    private long longSize = -1;
    private boolean zero;
    private boolean ended;
    private long entries;

    /** @param folder the one that all entries are to be of */
    TarCheck(String folder) {
        this.folder = folder;
    }

    /** @throws KnitException with {@code INVALID_VALUE} if it is none, or has something of another folder */
    void take(byte[] bytes) {
        int at = 0;
        while (at < bytes.length && !ended) {
            at += left > 0 ? pass(bytes, at) : begin(bytes, at);
        }
    }

    /** So many that are no words about others. */
    long entries() {
        return entries;
    }

    /** @throws KnitException with {@code INVALID_VALUE} if its end has not come */
    void requireWhole() {
        if (!ended) {
            throw broken("is not whole: its end is missing");
        }
    }

    private int pass(byte[] bytes, int at) {
        int count = (int) Math.min(left, bytes.length - at);
        if (said != null) {
            said.write(bytes, at, count);
        }
        left -= count;
        if (left == 0 && said != null) {
            hear(Arrays.copyOf(said.toByteArray(), (int) size));
            said = null;
        }
        return count;
    }

    private int begin(byte[] bytes, int at) {
        int count = Math.min(BLOCK - headed, bytes.length - at);
        System.arraycopy(bytes, at, block, headed, count);
        headed += count;
        if (headed == BLOCK) {
            headed = 0;
            head();
        }
        return count;
    }

    private void head() {
        if (head.isZero()) {
            ended = zero;
            zero = true;
            return;
        }
        if (zero || !head.isWhole()) {
            throw broken("is none, or a part of it was lost or changed on its way");
        }
        char type = head.type();
        size = head.size();
        if (size < 0) {
            throw broken("has an entry without end");
        }
        switch (type) {
            case 'x', 'L', 'K' -> say(type);
            case 'g' -> left = padded(size);
            default -> entry(type);
        }
    }

    private void say(char type) {
        if (size > MOST_SAID) {
            throw broken("says more than " + MOST_SAID + " bytes of one entry");
        }
        saying = type;
        left = padded(size);
        said = left == 0 ? null : new ByteArrayOutputStream();
    }

    private void entry(char type) {
        if (type == 'S' || type == 'M') {
            throw broken("is in a form of GNU's own; make it with --format=posix");
        }
        entries++;
        requireWithin(longName == null ? head.name() : longName);
        if (type == '1') {
            requireWithin(longLink == null ? head.link() : longLink);
        }
        if (longSize >= 0) {
            size = longSize;
        }
        // links, devices, folders and pipes have nothing in them, whatever is said of their size
        left = type >= '1' && type <= '6' ? 0 : padded(size);
        longName = null;
        longLink = null;
        longSize = -1;
    }

    private void requireWithin(String name) {
        String plain = name.startsWith("./") ? name.substring(2) : name;
        boolean within = plain.equals(folder) || plain.startsWith(folder + "/");
        if (!within || Arrays.asList(plain.split("/")).contains("..")) {
            throw broken("has an entry that is not of its folder " + folder + "/, as all of a snapshot's are");
        }
    }

    /** What is said of the next entry. */
    private void hear(byte[] words) {
        switch (saying) {
            case 'L' -> longName = TarWords.trimmed(words);
            case 'K' -> longLink = TarWords.trimmed(words);
            default -> {
                if (!TarWords.records(words, this::record)) {
                    throw unreadable();
                }
            }
        }
    }

    private void record(String key, String value) {
        switch (key) {
            case "path", "GNU.sparse.name" -> longName = value;
            case "linkpath" -> longLink = value;
            case "size" -> longSize = TarWords.number(value).orElseThrow(TarCheck::unreadable);
            default -> {}
        }
    }

    private static KnitException unreadable() {
        return broken("has an entry of which it can't be read what is said of it");
    }

    private static long padded(long size) {
        return (size + BLOCK - 1) / BLOCK * BLOCK;
    }

    private static KnitException broken(String words) {
        return new KnitException(ErrorCode.INVALID_VALUE, "the tar " + words);
    }
}
