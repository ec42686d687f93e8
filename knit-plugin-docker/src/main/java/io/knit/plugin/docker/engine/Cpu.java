package io.knit.plugin.docker.engine;

import java.util.Map;
import java.util.Set;

/** Names of CPUs: engines say what their kernels do, images what Go does. */
public final class Cpu {
    private static final Map<String, String> GO_NAMES = Map.of(
            "x86_64", "amd64", "aarch64", "arm64", "armv7l", "arm", "armv6l", "arm", "i686", "386", "i386", "386");
    private static final Map<String, Set<String>> ALSO_RUNS = Map.of("amd64", Set.of("386"), "arm64", Set.of("arm"));

    private Cpu() {}

    /** An engine's CPU as images call it. */
    public static String imagesName(String engineCpu) {
        return GO_NAMES.getOrDefault(engineCpu, engineCpu);
    }

    /** Whether a CPU runs no programs of the image's, both as images call it; false where either is not known. */
    public static boolean isForeign(String image, String cpu) {
        return !image.isEmpty()
                && !cpu.isEmpty()
                && !image.equals(cpu)
                && !ALSO_RUNS.getOrDefault(cpu, Set.of()).contains(image);
    }
}
