package io.knit.core;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The house as {@code docs/architecture.md} draws it: a stranger finds any line by the folder. */
class HouseTest {
    private static final Path HOUSE = Path.of("..");
    private static final Path DRAWN = Path.of("src", "test", "resources", "rooms.txt");
    private static final Path FOUND = Path.of("target", "rooms.txt");
    private static final String CORE = "io.knit.core";

    private static final int MOST = 10;

    /**
     * Why a room has more, and how many: who adds one looks first whether it is a second idea.
     *
     * @param most as many as there are; less is better, more is said here
     */
    private record Larger(int most, String why) {}

    private static final Map<String, Larger> LARGER = Map.ofEntries(
            Map.entry(
                    "io.knit.api.model",
                    new Larger(
                            74,
                            "the words that everybody imports; parting them would break every plugin for no reader's good")),
            Map.entry(
                    "io.knit.core.wire",
                    new Larger(39, "messages and their codec, which has the defaults of each: they are one circle")),
            Map.entry("io.knit.core.server.state", new Larger(19, "one is a budget that two rooms after it share")),
            Map.entry(
                    "io.knit.core.server.admission",
                    new Larger(16, "one for each group of a spec's fields, and how refusals are told")),
            Map.entry(
                    "io.knit.core.server.command",
                    new Larger(13, "one for each group of commands, and who may give them")),
            Map.entry("io.knit.core", new Larger(11, "the face: what embedders import")),
            Map.entry(
                    "io.knit.core.agent.disk",
                    new Larger(12, "one for each thing that an agent keeps, and how it is kept")),
            Map.entry(
                    "io.knit.core.server.http.answer",
                    new Larger(11, "one for each kind of answer, and for what its head says")),
            Map.entry(
                    "io.knit.core.server.http.request",
                    new Larger(12, "one for each thing that a request can say, and what keeps out the rest")),
            Map.entry(
                    "io.knit.core.server.http.json",
                    new Larger(25, "one for each thing that is shown, and the readers of bodies")),
            Map.entry(
                    "io.knit.core.server.compose.take",
                    new Larger(21, "one for each subject of a service, and what they all read it with")),
            Map.entry(
                    "io.knit.core.server.plan",
                    new Larger(21, "what becomes of one deployment, and the rules that it goes by")),
            Map.entry(
                    "io.knit.core.spec",
                    new Larger(24, "one table, its parts, and each who goes through all its rows")),
            Map.entry(
                    "io.knit.api.spi.runtime",
                    new Larger(
                            41,
                            "one SPI: what is asked of it, what it answers, and what it may be able to do besides")),
            Map.entry(
                    "io.knit.plugin.docker.container",
                    new Larger(20, "one thing each that is done to a container, or read of it")),
            Map.entry(
                    "io.knit.plugin.docker.engine",
                    new Larger(15, "each of twelve is one thing that every call to an engine goes through")),
            Map.entry(
                    "io.knit.plugin.nats.broker.access",
                    new Larger(12, "what embedders import: accounts, users and what they may")),
            Map.entry(
                    "io.knit.plugin.nats.broker.tls",
                    new Larger(11, "what embedders import, and the keys and authorities behind it")),
            Map.entry("io.knit.plugin.nats.broker.protocol", new Larger(12, "one parser and the parts of a line")),
            Map.entry(
                    "io.knit.plugin.nats.broker.routing",
                    new Larger(12, "one match and its caches, on the way of every message")),
            Map.entry(
                    "io.knit.plugin.nats.broker.login",
                    new Larger(12, "one conversation, from the first byte to the seat")),
            Map.entry(
                    "io.knit.client",
                    new Larger(13, "what embedders import: one client, and what it is told and tells")),
            Map.entry(
                    "io.knit.plugin.nats.broker.client", new Larger(12, "one connection and what lives as long as it")),
            Map.entry("io.knit.plugin.nats.broker.monitor.page", new Larger(12, "one page each, and their questions")),
            Map.entry("io.knit.launcher.remote.show", new Larger(11, "one for each thing that people are shown")),
            Map.entry(
                    "io.knit.testkit.runtime",
                    new Larger(
                            18, "one engine: its script, its containers, its history, and what each hand on it does")),
            Map.entry("io.knit.testkit.sim.check", new Larger(13, "one thing each that holds of every fleet")),
            Map.entry("io.knit.bench.broker", new Larger(20, "one measurement each")),
            Map.entry("io.knit.bench.server", new Larger(12, "one measurement each")));

    @Test
    void aRoomHasAtMostTenTypes() throws IOException {
        Map<String, List<Path>> rooms = sources().collect(groupingBy(HouseTest::room));
        Map<String, Integer> large = new TreeMap<>();
        rooms.forEach((room, types) -> {
            if (types.size() > MOST) {
                large.put(room, types.size());
            }
        });

        large.keySet().removeIf(room -> {
            Larger known = LARGER.get(room);
            return known != null && large.getOrDefault(room, 0) <= known.most();
        });
        assertThat(large)
                .as("rooms with more than " + MOST
                        + " types, or more than is said here: part them, or say here why not")
                .isEmpty();
    }

    /** A helper of one room in the API that nobody else sees is no second word. */
    @Test
    void noNameStandsTwice() throws IOException {
        Map<String, List<Path>> byName = sources()
                .filter(file ->
                        !room(file).startsWith("io.knit.bench.") && !room(file).startsWith("io.knit.example"))
                .filter(HouseTest::isSeen)
                .collect(groupingBy(file -> String.valueOf(file.getFileName())));
        byName.values().removeIf(files -> files.size() == 1);

        assertThat(byName).as("types of one name: one of them, or better names").isEmpty();
    }

    @Test
    void everyRoomOfTheCoreIsDrawn() throws IOException {
        String page = Files.readString(HOUSE.resolve(Path.of("docs", "architecture.md")));
        Set<String> missing = sources()
                .map(HouseTest::room)
                .filter(room -> room.startsWith(CORE + "."))
                .filter(room -> !page.contains("`" + room + "`") && !page.contains("`" + drawn(room) + "`"))
                .collect(toCollection(TreeSet::new));

        assertThat(missing)
                .as("rooms of the core that docs/architecture.md does not name")
                .isEmpty();
    }

    @Test
    void whatIsDrawnAsPureIsHeldToIt() throws IOException {
        String page = Files.readString(HOUSE.resolve(Path.of("docs", "architecture.md")));
        String side = "server";
        Set<String> held = Set.of(LawsTest.PURE);
        Set<String> missing = new TreeSet<>();
        int pure = 0;
        for (String line : page.lines().toList()) {
            if (line.contains("inside `" + CORE + ".agent`")) {
                side = "agent";
            }
            if (line.startsWith("| `") && line.contains("(pure)")) {
                pure++;
                String room = CORE + "." + side + "." + line.split("`", 3)[1];
                if (!held.contains(room) && !held.contains(room + "..")) {
                    missing.add(room);
                }
            }
        }
        assertThat(pure).as("rooms that the page calls pure").isGreaterThan(10);
        assertThat(missing).as("pure on the page, and not in LawsTest.PURE").isEmpty();
    }

    /** The two sides are drawn one after the other. */
    private static String drawn(String room) {
        return shortened(room).replaceFirst("^(server|agent)\\.", "");
    }

    /**
     * Which room uses which is a committed list: a new use must be meant. To accept one, copy {@code target/rooms.txt} over
     * {@code src/test/resources/rooms.txt}; that there are no circles, {@link LawsTest} sees.
     */
    @Test
    void roomsUseWhatIsDrawn() throws IOException {
        Map<String, Set<String>> uses = new TreeMap<>();
        new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(CORE)
                .forEach(type -> type.getDirectDependenciesFromSelf().forEach(use -> {
                    String from = type.getPackageName();
                    String to = elementOf(use.getTargetClass()).getPackageName();
                    if (to.startsWith(CORE) && !to.equals(from)) {
                        uses.computeIfAbsent(shortened(from), any -> new TreeSet<>())
                                .add(shortened(to));
                    }
                }));
        List<String> found = uses.entrySet().stream()
                .map(room -> room.getKey() + " -> " + room.getValue().stream().collect(joining(" ")))
                .toList();
        Files.write(FOUND, found);

        assertThat(found).containsExactlyElementsOf(Files.readAllLines(DRAWN));
    }

    private static JavaClass elementOf(JavaClass type) {
        return type.isArray() ? type.getBaseComponentType() : type;
    }

    /** The face of the product has no word of its own. */
    private static String shortened(String room) {
        return room.equals(CORE) ? "." : room.substring(CORE.length() + 1);
    }

    private static Stream<Path> sources() throws IOException {
        List<Path> modules;
        try (Stream<Path> files = Files.list(HOUSE)) {
            modules = files.map(module -> module.resolve(Path.of("src", "main", "java")))
                    .filter(Files::isDirectory)
                    .toList();
        }
        return modules.stream().flatMap(HouseTest::types);
    }

    private static Stream<Path> types(Path main) {
        try (Stream<Path> files = Files.walk(main)) {
            return files
                    .filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("package-info.java"))
                    .map(main::relativize)
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String room(Path type) {
        return String.valueOf(type.getParent()).replace(File.separatorChar, '.');
    }

    private static boolean isSeen(Path type) {
        return !type.equals(Path.of("io", "knit", "api", "model", "Copies.java"));
    }
}
