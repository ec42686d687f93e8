package io.knit.core.server.compose.take;

import io.knit.api.spi.Durations;
import io.knit.core.server.admission.Pointers;
import io.knit.core.server.compose.text.ComposeFindings;
import io.knit.core.server.compose.text.Part;
import io.knit.core.server.compose.text.Part.Kind;
import io.knit.core.server.compose.text.Part.Writing;
import io.knit.core.server.compose.text.Spot;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A service while it is taken over: its parts by what they are to be, and the spec that they make. What is not as it is to be is found, and
 * nothing of it is taken.
 */
final class ServiceReading {
    private static final Set<String> YES = Set.of("true", "yes", "on", "y", "1");
    private static final Set<String> NO = Set.of("false", "no", "off", "n", "0");
    private static final Pattern WHOLE = Pattern.compile("-?\\d{1,9}");
    private static final Pattern DECIMAL = Pattern.compile("\\d{1,6}(\\.\\d{0,9})?|\\.\\d{1,9}");

    private static final Pattern OCTAL = Pattern.compile("0?o?[0-7]{3,4}");
    private static final Pattern DIGITS = Pattern.compile("\\d{1,4}");

    private static final String EXTERNAL = "external";

    final ServiceAround around;
    final Part service;
    final SpecDraft draft;
    final ComposeFindings findings;

    ServiceReading(ServiceAround around, Part service, ComposeFindings findings) {
        this.around = around;
        this.service = service;
        this.findings = findings;
        this.draft = new SpecDraft(findings);
    }

    /** What a service has under a name, if it is not empty. */
    Optional<Part> given(String name) {
        return given(service, name);
    }

    static Optional<Part> given(Part part, String name) {
        return Optional.ofNullable(part.at(name)).filter(each -> !each.is(Kind.NOTHING));
    }

    /** Whether something at the top of the file is there without it. A map, the older way to give its name, says so, too. */
    boolean isExternal(Part top) {
        return given(top, EXTERNAL)
                .filter(part -> part.is(Kind.MAP) || flag(part, EXTERNAL).orElse(false))
                .isPresent();
    }

    /** The name that something at the top of the file has itself. */
    Optional<String> nameOf(Part top) {
        Optional<String> name = given(top, "name").flatMap(part -> text(part, "name"));
        Optional<Part> older = given(top, EXTERNAL).flatMap(part -> given(part, "name"));
        Optional<String> there = older.flatMap(part -> text(part, "external.name"));
        if (there.isPresent() && name.isPresent() && !name.equals(there)) {
            refuse(older.get().spot(), "external.name and name say two things", "keep name, with external: true");
        } else if (there.isPresent()) {
            remark(
                    older.get().spot(),
                    "external.name is how a name was given before",
                    "write external: true, and name: " + there.get());
        }
        return name.or(() -> there);
    }

    /** The same of what is another thing without its name, which {@code docker compose config} writes down of what has none. */
    Optional<String> nameOf(Part top, String key, String without) {
        Optional<String> name = nameOf(top);
        String project = around.variables().getOrDefault("COMPOSE_PROJECT_NAME", around.project());
        name.filter(made -> Stream.of(around.project(), project).anyMatch(each -> made.equals(each + "_" + key)))
                .filter(made -> !isExternal(top))
                .ifPresent(made -> remark(
                        top.spotOf("name"),
                        "name: " + made
                                + " is what docker compose config writes where none is given; without it this is "
                                + without + ", and not the same",
                        "deploy always the file itself, or always what is made of it"));
        return name;
    }

    /** Takes a text as it is. */
    void text(Part of, String name, String field) {
        given(of, name).flatMap(part -> text(part, name)).ifPresent(text -> draft.set(field, of.spotOf(name), text));
    }

    Optional<String> text(Part part, String what) {
        if (!part.is(Kind.VALUE)) {
            wrong(part, what, "a text");
            return Optional.empty();
        }
        return Optional.of(part.text());
    }

    void flag(Part of, String name, String field) {
        given(of, name).flatMap(part -> flag(part, name)).ifPresent(flag -> draft.set(field, of.spotOf(name), flag));
    }

    Optional<Boolean> flag(Part part, String what) {
        String word = part.text().toLowerCase(Locale.ROOT);
        if (!YES.contains(word) && !NO.contains(word)) {
            wrong(part, what, "true or false");
            return Optional.empty();
        }
        return Optional.of(YES.contains(word));
    }

    void number(Part of, String name, String field) {
        given(of, name)
                .flatMap(part -> number(part, name))
                .ifPresent(number -> draft.set(field, of.spotOf(name), (long) number));
    }

    Optional<Integer> number(Part part, String what) {
        if (!WHOLE.matcher(part.text()).matches()) {
            wrong(part, what, "a whole number");
            return Optional.empty();
        }
        return Optional.of(Integer.parseInt(part.text()));
    }

    Optional<BigDecimal> decimal(Part part, String what) {
        if (!DECIMAL.matcher(part.text()).matches()) {
            wrong(part, what, "a number such as 0.5");
            return Optional.empty();
        }
        return Optional.of(new BigDecimal(part.text()));
    }

    /**
     * Who may do what with a file, in octal digits. A number that begins with no 0 is a decimal one to Compose, and an octal one to many who
     * write it: it is taken from programs alone.
     *
     * @param most the largest
     */
    Optional<String> mode(Part part, int most, String wanted) {
        String text = part.text();
        boolean octal = OCTAL.matcher(text).matches() && Integer.parseInt(text.replace("o", ""), 8) <= most;
        if (octal && (part.writing() == Writing.TEXT || text.startsWith("0"))) {
            return Optional.of(text.replace("o", ""));
        }
        int number = part.writing() != Writing.TEXT && DIGITS.matcher(text).matches() ? Integer.parseInt(text) : -1;
        boolean decimal = number >= 0 && number <= most;
        String meant = String.format(Locale.ROOT, "0%03o", number);
        if (decimal && part.writing() == Writing.JSON) {
            return Optional.of(meant);
        } else if (number >= 0 && (decimal || octal)) {
            String either = decimal && octal ? meant + ", or 0" + text + " if that is meant" : "";
            refuse(
                    part.spot(),
                    "mode is " + text + ", with no 0 before it, which is " + meant + " to Compose",
                    "write " + (either.isEmpty() ? decimal ? meant : "0" + text : either));
        } else {
            wrong(part, "mode", wanted);
        }
        return Optional.empty();
    }

    void time(Part of, String name, String field) {
        given(of, name).flatMap(part -> time(part, name)).ifPresent(time -> draft.set(field, of.spotOf(name), time));
    }

    /** As a spec has it. */
    Optional<String> time(Part part, String what) {
        Optional<String> time = Amounts.time(part.text()).map(Durations::text);
        if (time.isEmpty()) {
            wrong(part, what, "a time such as 1m30s");
        }
        return time;
    }

    void size(Part of, String name, String field) {
        given(of, name).flatMap(part -> size(part, name)).ifPresent(size -> draft.set(field, of.spotOf(name), size));
    }

    Optional<Long> size(Part part, String what) {
        Optional<Long> size = Amounts.size(part.text());
        if (size.isEmpty()) {
            wrong(part, what, "a size such as 512m");
        }
        return size;
    }

    /** Takes a list of texts. */
    void texts(Part of, String name, String field) {
        given(of, name)
                .ifPresent(part -> values(part, name).forEach(each -> draft.add(field, each.spot(), each.text())));
    }

    /** The values of a list, or the one that stands alone. */
    List<Part> values(Part part, String what) {
        List<Part> values = new ArrayList<>();
        for (Part each : part.is(Kind.LIST) ? part.items() : List.of(part)) {
            if (each.is(Kind.VALUE)) {
                values.add(each);
            } else {
                wrong(each, what, "a text");
            }
        }
        return values;
    }

    /** The elements of a list. */
    List<Part> items(Part part, String what) {
        if (!part.is(Kind.LIST)) {
            wrong(part, what, "a list");
        }
        return part.items();
    }

    /** A map; of anything else an empty one. */
    Part map(Part part, String what) {
        if (!part.is(Kind.MAP) && !part.is(Kind.NOTHING)) {
            wrong(part, what, "a map");
        }
        return part.is(Kind.MAP) ? part : Part.map(part.spot(), Map.of(), Map.of());
    }

    /** A pair of a map, or of a list of {@code name=value}. */
    record Pair(Spot at, @Nullable String value) {}

    /** In the file's order. */
    Map<String, Pair> pairs(Part part, String what) {
        Map<String, Pair> pairs = new LinkedHashMap<>();
        if (part.is(Kind.MAP)) {
            part.members().forEach((key, value) -> {
                if (value.is(Kind.VALUE) || value.is(Kind.NOTHING)) {
                    pairs.put(key, new Pair(part.spotOf(key), value.is(Kind.NOTHING) ? null : value.text()));
                } else {
                    wrong(value, what + "." + key, "a text");
                }
            });
        } else if (part.is(Kind.LIST)) {
            for (Part each : values(part, what)) {
                int equals = each.text().indexOf('=');
                String key = equals < 0 ? each.text() : each.text().substring(0, equals);
                pairs.put(
                        key,
                        new Pair(each.spot(), equals < 0 ? null : each.text().substring(equals + 1)));
            }
        } else {
            wrong(part, what, "a map, or a list of NAME=value");
        }
        return pairs;
    }

    /** Goes through what is a text or a map in a list. */
    void each(Part list, String what, BiConsumer<Part, Boolean> taking) {
        for (Part item : items(list, what)) {
            if (item.is(Kind.VALUE) || item.is(Kind.MAP)) {
                taking.accept(item, item.is(Kind.MAP));
            } else {
                wrong(item, what, "a text or a map");
            }
        }
    }

    void wrong(Part part, String what, String wanted) {
        String is =
                part.is(Kind.VALUE) ? Pointers.quoted(part.text()) : part.kind().words();
        findings.refuse(part.spot(), what + " is " + is, "give " + wanted);
    }

    /** A value that can't be taken. */
    void refuse(Spot at, String words, String instead) {
        findings.refuse(at, words, instead);
    }

    void remark(Spot at, String words, String instead) {
        findings.remark(at, words, instead);
    }
}
