package io.knit.core.agent.dns;

import io.knit.core.agent.names.NameBook;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An answer's bytes, as they follow from what is known. (Pure.) */
final class DnsAnswer {
    static final int SERVER_FAILURE = 2;
    static final int NO_SUCH_NAME = 3;
    static final int REFUSED = 5;
    static final int ANY = 255;
    static final int INTERNET = 1;

    private static final int ANSWER = 0x8000;
    private static final int AUTHORITATIVE = 0x0400;
    private static final int CUT = 0x0200;
    private static final int ASKS_OTHERS = 0x0080;
    /** What is copied of a question's flags: its kind, and whether others may be asked. */
    private static final int COPIED = 0x7900;

    private static final int TO_QUESTION = 0xc000 | DnsQuery.HEAD;
    private static final int SECONDS = 1;
    private static final int LONGEST = 65_535;

    private DnsAnswer() {}

    /** That the question can't be answered. */
    static byte[] refusal(DnsQuery query, int code) {
        return write(query, code, false, false, List.of(), List.of(), List.of());
    }

    /** Of an answer of another server's. */
    static int code(byte[] answer) {
        return answer[3] & 0xf;
    }

    /** Whether another server says that it can't answer, or will not: others may. */
    static boolean isRefusal(byte[] answer) {
        int code = code(answer);
        return code == SERVER_FAILURE || code == DnsQuery.NOT_IMPLEMENTED || code == REFUSED;
    }

    /** Whether an answer has the question with it; of refusals some have not. */
    static boolean hasQuestion(byte[] answer) {
        return answer[4] != 0 || answer[5] != 0;
    }

    /**
     * What is known of a name below {@link NameBook#ROOT}.
     *
     * @param found empty: there is no such name
     * @param whole whether it may be long
     */
    static byte[] of(DnsQuery query, Optional<NameBook.Found> found, boolean whole) {
        List<byte[]> answers = new ArrayList<>();
        List<byte[]> more = new ArrayList<>();
        found.ifPresent(known -> {
            for (String address : known.addresses()) {
                add(answers, query.type(), null, address);
            }
            if (query.type() == DnsRecordType.SRV.intValue() || query.type() == ANY) {
                known.services().forEach(service -> {
                    answers.add(service(service));
                    add(more, ANY, service.target(), service.address());
                });
            }
        });
        List<byte[]> authority = answers.isEmpty() ? List.of(start()) : List.of();
        int code = found.isPresent() ? 0 : NO_SUCH_NAME;
        byte[] full = write(query, code, true, false, answers, authority, more);
        int most = whole ? LONGEST : query.most();
        if (full.length <= most) {
            return full;
        }
        byte[] without = write(query, code, true, false, answers, authority, List.of());
        // what is cut is asked for again by TCP
        for (int left = answers.size() - 1; without.length > most && left >= 0; left--) {
            without = write(query, code, true, true, answers.subList(0, left), List.of(), List.of());
        }
        return without;
    }

    private static void add(List<byte[]> records, int asked, @Nullable String name, String address) {
        // never looked up: what is no address has none
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        if (bytes == null) {
            return;
        }
        DnsRecordType type = bytes.length == 4 ? DnsRecordType.A : DnsRecordType.AAAA;
        if (asked == ANY || asked == type.intValue()) {
            records.add(record(name, type, bytes));
        }
    }

    private static byte[] service(NameBook.Service service) {
        ByteBuf data = Unpooled.buffer();
        data.writeShort(service.priority());
        data.writeShort(1);
        data.writeShort(service.port());
        writeName(data, service.target());
        return record(null, DnsRecordType.SRV, ByteBufUtil.getBytes(data));
    }

    /** For how long it is remembered that a name has nothing. */
    private static byte[] start() {
        ByteBuf data = Unpooled.buffer();
        writeName(data, "ns." + NameBook.ROOT);
        writeName(data, "hostmaster." + NameBook.ROOT);
        data.writeInt(1);
        data.writeInt(60);
        data.writeInt(60);
        data.writeInt(60);
        data.writeInt(SECONDS);
        return record(NameBook.ROOT, DnsRecordType.SOA, ByteBufUtil.getBytes(data));
    }

    /** @param name null: that of the question */
    private static byte[] record(@Nullable String name, DnsRecordType type, byte[] data) {
        ByteBuf out = Unpooled.buffer();
        if (name == null) {
            out.writeShort(TO_QUESTION);
        } else {
            writeName(out, name);
        }
        out.writeShort(type.intValue());
        out.writeShort(INTERNET);
        out.writeInt(SECONDS);
        out.writeShort(data.length);
        out.writeBytes(data);
        return ByteBufUtil.getBytes(out);
    }

    private static void writeName(ByteBuf out, String name) {
        for (String label : name.split("\\.")) {
            byte[] bytes = label.getBytes(StandardCharsets.US_ASCII);
            out.writeByte(bytes.length);
            out.writeBytes(bytes);
        }
        out.writeByte(0);
    }

    private static byte[] write(
            DnsQuery query,
            int code,
            boolean own,
            boolean cut,
            List<byte[]> answers,
            List<byte[]> authority,
            List<byte[]> more) {
        ByteBuf out = Unpooled.buffer();
        out.writeShort(query.id());
        out.writeShort(
                ANSWER | query.flags() & COPIED | (own ? AUTHORITATIVE : 0) | (cut ? CUT : 0) | ASKS_OTHERS | code);
        out.writeShort(query.question().length == 0 ? 0 : 1);
        out.writeShort(answers.size());
        out.writeShort(authority.size());
        out.writeShort(more.size() + (query.extended() ? 1 : 0));
        out.writeBytes(query.question());
        answers.forEach(out::writeBytes);
        authority.forEach(out::writeBytes);
        more.forEach(out::writeBytes);
        if (query.extended()) {
            out.writeByte(0);
            out.writeShort(DnsRecordType.OPT.intValue());
            out.writeShort(DnsQuery.MOST);
            out.writeInt(0);
            out.writeShort(0);
        }
        return ByteBufUtil.getBytes(out);
    }
}
