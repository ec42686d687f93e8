package io.knit.core.agent.dns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.dns.DnsOptPseudoRecord;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordDecoder;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.util.ReferenceCountUtil;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A question as it came. Whatever the bytes are, reading them ends at once.
 *
 * @param flags the second 16 bits
 * @param question its bytes: name, type and class
 * @param name in lower case, without the dot at its end
 * @param most so many bytes of an answer who asks can take by UDP
 * @param extended whether who asks speaks of EDNS
 * @param fault the code by which it is refused; 0: it can be answered
 */
record DnsQuery(
        int id, int flags, byte[] question, String name, int type, int kind, int most, boolean extended, int fault) {
    static final int HEAD = 12;
    static final int FORMAT_ERROR = 1;
    static final int NOT_IMPLEMENTED = 4;
    static final int LEAST = 512;
    /** More than this is parted on its way over many a network. */
    static final int MOST = 1232;

    static final int LONGEST = 4096;
    private static final int LONGEST_NAME = 255;
    private static final int MOST_ADDITIONAL = 8;
    private static final byte[] NONE = {};

    /** Empty: it is no question, and is worth no answer: of an answer that is answered, answers have no end. */
    static Optional<DnsQuery> read(byte[] bytes) {
        if (bytes.length < HEAD || bytes.length > LONGEST || (bytes[2] & 0x80) != 0) {
            return Optional.empty();
        }
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        int id = in.readUnsignedShort();
        int flags = in.readUnsignedShort();
        int questions = in.readUnsignedShort();
        int others = in.readUnsignedShort() + in.readUnsignedShort();
        int additional = in.readUnsignedShort();
        if ((flags >> 11 & 0xf) != 0) {
            return Optional.of(refused(id, flags, NOT_IMPLEMENTED));
        }
        if (questions != 1 || others != 0 || additional > MOST_ADDITIONAL) {
            return Optional.of(refused(id, flags, FORMAT_ERROR));
        }
        try {
            return Optional.of(read(bytes, in, id, flags, additional));
        } catch (Exception e) {
            // Netty's codec says by many kinds of exceptions that bytes are no names
            return Optional.of(refused(id, flags, FORMAT_ERROR));
        }
    }

    private static DnsQuery read(byte[] bytes, ByteBuf in, int id, int flags, int additional) throws Exception {
        DnsQuestion asked = DnsRecordDecoder.DEFAULT.decodeQuestion(in);
        byte[] question = Arrays.copyOfRange(bytes, HEAD, in.readerIndex());
        String name = asked.name();
        // one that points elsewhere can't be copied into the answer
        boolean whole = isWhole(question);
        if (!whole) {
            return refused(id, flags, FORMAT_ERROR);
        }
        int most = LEAST;
        boolean extended = false;
        for (int i = 0; i < additional; i++) {
            DnsRecord record = DnsRecordDecoder.DEFAULT.decodeRecord(in);
            if (record == null) {
                return refused(id, flags, FORMAT_ERROR);
            }
            if (record.type().equals(DnsRecordType.OPT) || record instanceof DnsOptPseudoRecord) {
                extended = true;
                most = Math.max(LEAST, Math.min(MOST, record.dnsClass()));
            }
            ReferenceCountUtil.release(record);
        }
        String plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        return new DnsQuery(
                id,
                flags,
                question,
                plain.toLowerCase(Locale.ROOT),
                asked.type().intValue(),
                asked.dnsClass(),
                most,
                extended,
                0);
    }

    /** Whether the question's name is made of labels alone. */
    private static boolean isWhole(byte[] question) {
        int at = 0;
        while (at < question.length && question[at] != 0) {
            int length = question[at];
            if (length < 0 || length > 63) {
                return false;
            }
            at += length + 1;
        }
        return at < LONGEST_NAME && at + 5 == question.length;
    }

    private static DnsQuery refused(int id, int flags, int fault) {
        return new DnsQuery(id, flags, NONE, "", 0, 0, LEAST, false, fault);
    }

    /** The message with its question alone, of one that has one without pointers. */
    static byte[] head(byte[] message) {
        int end = HEAD;
        while (end < message.length && message[end] != 0) {
            end += (message[end] & 0xff) + 1;
        }
        byte[] head = Arrays.copyOf(message, Math.min(message.length, end + 5));
        Arrays.fill(head, 6, HEAD, (byte) 0);
        return head;
    }

    List<String> labels() {
        return name.isEmpty() ? List.of() : List.of(name.split("\\.", -1));
    }

    /** Whether an answer is to this question, asked with that id. */
    boolean isAnsweredBy(byte[] answer, int asked) {
        return answer.length >= HEAD
                && (answer[2] & 0x80) != 0
                && ((answer[0] & 0xff) << 8 | answer[1] & 0xff) == asked
                && (DnsAnswer.hasQuestion(answer) ? isGivenBack(answer) : isFault(answer));
    }

    private boolean isGivenBack(byte[] answer) {
        return answer.length >= HEAD + question.length
                && answer[4] == 0
                && answer[5] == 1
                && isSameName(Arrays.copyOfRange(answer, HEAD, HEAD + question.length));
    }

    /** A server that can't read a question, or does not answer who asks, may not say which it was. */
    private static boolean isFault(byte[] answer) {
        return DnsAnswer.isRefusal(answer) || DnsAnswer.code(answer) == FORMAT_ERROR;
    }

    /** Some servers give a name back in letters of their own. */
    private boolean isSameName(byte[] other) {
        for (int i = 0; i < question.length; i++) {
            if (small(question[i]) != small(other[i])) {
                return false;
            }
        }
        return true;
    }

    private static int small(byte letter) {
        return letter >= 'A' && letter <= 'Z' ? letter + 32 : letter;
    }
}
