package io.knit.core.rules.node;

import io.knit.core.rules.Nearest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What platforms are called: {@code os/arch} or {@code os/arch/variant}, as images call them. */
public final class PlatformWords {
    private static final List<String> SYSTEMS = List.of("linux", "windows", "freebsd");
    private static final Map<String, List<String>> VARIANTS = Map.of(
            "386", List.of(),
            "amd64", List.of("v1", "v2", "v3", "v4"),
            "arm", List.of("v5", "v6", "v7", "v8"),
            "arm64", List.of("v8", "v9"),
            "loong64", List.of(),
            "mips64le", List.of(),
            "ppc64le", List.of(),
            "riscv64", List.of(),
            "s390x", List.of());

    /** What kernels and distributions call them. */
    private static final Map<String, String> ALSO_CALLED = Map.ofEntries(
            Map.entry("x86_64", "amd64"),
            Map.entry("x86-64", "amd64"),
            Map.entry("x64", "amd64"),
            Map.entry("aarch64", "arm64"),
            Map.entry("armv8", "arm64"),
            Map.entry("armv8l", "arm/v7"),
            Map.entry("armv7l", "arm/v7"),
            Map.entry("armv7", "arm/v7"),
            Map.entry("armhf", "arm/v7"),
            Map.entry("armv6l", "arm/v6"),
            Map.entry("armv6", "arm/v6"),
            Map.entry("armel", "arm/v6"),
            Map.entry("i386", "386"),
            Map.entry("i486", "386"),
            Map.entry("i586", "386"),
            Map.entry("i686", "386"),
            Map.entry("x86", "386"),
            Map.entry("ppc64el", "ppc64le"),
            Map.entry("loongarch64", "loong64"),
            Map.entry("mips64el", "mips64le"));

    private static final Map<String, String> SYSTEMS_ALSO_CALLED =
            Map.of("gnu/linux", "linux", "win", "windows", "win32", "windows", "win64", "windows");

    /** A CPU runs programs for these, too. Not arm64 those for arm: many of that kind have no such mode, and nodes don't tell. */
    private static final Map<String, Set<String>> ALSO_RUNS = Map.of("amd64", Set.of("386"));

    private static final String FORM = "give os/arch or os/arch/variant, such as linux/amd64 or linux/arm/v7";

    private PlatformWords() {}

    /** As images call a CPU, perhaps with its variant. */
    public static String imagesName(String cpu) {
        return ALSO_CALLED.getOrDefault(cpu.toLowerCase(Locale.ROOT), cpu);
    }

    /** What is wrong with it, to follow its quoted text; null: nothing. */
    public static @Nullable String fault(String platform) {
        String meant = meant(platform);
        if (platform.equals(meant)) {
            return null;
        }
        return " is no platform; " + (meant == null ? FORM : "did you mean " + meant + "?");
    }

    /** With a CPU in the words of images, also where it stands alone, as Docker has it; one that is wrong all the same as it is. */
    public static String normal(String platform) {
        String[] parts = platform.toLowerCase(Locale.ROOT).split("/", -1);
        boolean system = SYSTEMS.contains(parts[0]);
        int at = system ? 1 : 0;
        if (parts.length <= at) {
            return platform;
        }
        parts[at] = ALSO_CALLED.getOrDefault(parts[at], parts[at]);
        if (parts.length == at + 2) {
            parts[at + 1] = variant(VARIANTS.getOrDefault(parts[at], List.of()), parts[at + 1])
                    .orElse(parts[at + 1]);
        }
        String whole = (system ? "" : "linux/") + String.join("/", parts);
        return fault(whole) == null ? whole : platform;
    }

    /** What was probably meant, itself if it is right; null: that can't be told. */
    private static @Nullable String meant(String platform) {
        String[] parts = platform.toLowerCase(Locale.ROOT).split("/", -1);
        if (parts.length > 3) {
            return null;
        }
        String system = system(parts[0]);
        if (system == null) {
            // the CPU alone
            return parts.length < 3 ? machine("linux", parts, 0) : null;
        }
        return parts.length > 1 ? machine(system, parts, 1) : null;
    }

    private static @Nullable String system(String word) {
        return SYSTEMS_ALSO_CALLED.containsKey(word)
                ? SYSTEMS_ALSO_CALLED.get(word)
                : Nearest.to(word, SYSTEMS, 1).orElse(null);
    }

    private static @Nullable String machine(String system, String[] parts, int at) {
        String called = ALSO_CALLED.get(parts[at]);
        String machine = called != null ? called : nearest(parts[at]);
        if (machine == null) {
            return null;
        }
        String cpu = machine.split("/", -1)[0];
        if (parts.length == at + 1) {
            return system + "/" + machine;
        }
        List<String> variants = VARIANTS.getOrDefault(cpu, List.of());
        return variant(variants, parts[at + 1])
                .map(variant -> system + "/" + cpu + "/" + variant)
                .orElse(system + "/" + cpu);
    }

    /** Also of its number alone. */
    private static Optional<String> variant(List<String> variants, String word) {
        return Stream.of(word, "v" + word).filter(variants::contains).findFirst();
    }

    private static @Nullable String nearest(String word) {
        return VARIANTS.containsKey(word)
                ? word
                : Nearest.to(
                                word,
                                Stream.concat(VARIANTS.keySet().stream(), ALSO_CALLED.keySet().stream())
                                        .sorted()
                                        .collect(Collectors.toList()),
                                1)
                        .map(found -> ALSO_CALLED.getOrDefault(found, found))
                        .orElse(null);
    }

    /** Whether a node of this system and CPU runs what is for the platform without emulating; false where either is not known. */
    static boolean runs(String os, String arch, String platform) {
        String[] parts = platform.split("/", -1);
        String cpu = imagesName(arch).split("/", -1)[0];
        return parts.length > 1
                && !os.isEmpty()
                && os.equals(parts[0])
                && (cpu.equals(parts[1])
                        || ALSO_RUNS.getOrDefault(cpu, Set.of()).contains(parts[1]));
    }
}
