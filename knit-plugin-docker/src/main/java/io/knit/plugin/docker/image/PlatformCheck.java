package io.knit.plugin.docker.image;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.model.Container;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.plugin.docker.engine.Cpu;
import io.knit.plugin.docker.engine.EngineAddress;
import io.knit.plugin.docker.engine.EngineFacts;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Whether an image is for the platform that is wanted of it; and whether its CPU is this engine's. What an image says of itself may be wrong, and a kernel may emulate; so a refusal wants proof that nothing of that
 * kind works here, and anything less is a remark.
 */
public final class PlatformCheck {
    /** Engines of these CPUs surely know what they run; others call themselves by many names. */
    private static final Set<String> ENGINES = Set.of("amd64", "arm64");

    private static final Set<String> IMAGES =
            Set.of("amd64", "386", "arm64", "arm", "ppc64le", "s390x", "riscv64", "mips64le");

    /** So many containers are looked at for one that proves the opposite. */
    private static final int MOST_LOOKED_AT = 50;

    private final boolean local;
    private final String ownKernel;
    private final Emulation emulation;

    /**
     * @param local whether the engine listens on a socket of this machine
     * @param ownKernel version of the kernel that this process runs on
     */
    public PlatformCheck(boolean local, String ownKernel, Emulation emulation) {
        this.local = local;
        this.ownKernel = ownKernel;
        this.emulation = emulation;
    }

    public static PlatformCheck of(EngineAddress address) {
        return new PlatformCheck(
                "unix".equals(address.uri().getScheme()),
                System.getProperty("os.version", ""),
                new Emulation(Emulation.OF_THIS_KERNEL));
    }

    /**
     * What is to be said of the image, or empty: nothing.
     *
     * @throws KnitException with {@code IMAGE_UNAVAILABLE} if it surely can't run here
     */
    String judge(DockerClient client, String image, EngineFacts.Facts engine) {
        String cpu = Cpu.imagesName(engine.cpu());
        String wanted =
                Objects.requireNonNullElse(client.inspectImageCmd(image).exec().getArch(), "");
        if (!ENGINES.contains(cpu) || !IMAGES.contains(wanted) || !Cpu.isForeign(wanted, cpu)) {
            return "";
        }
        String words = "the image " + image + " is for " + wanted + ", and this node's CPU is " + cpu;
        if (isSure(engine) && !runs(client, wanted)) {
            throw new KnitException(
                    ErrorCode.IMAGE_UNAVAILABLE,
                    words + ", which runs no others (it has no emulator for them). Use an image for " + cpu
                            + ", or nodes of the other kind (node_selector). If the image only says so of itself and runs here, undeploy first:"
                            + " what replaces nothing is not refused for it");
        }
        return words + ": it runs only by an emulator";
    }

    private boolean isSure(EngineFacts.Facts engine) {
        return local && !engine.remapped() && engine.kernel().equals(ownKernel) && emulation.isAbsent();
    }

    /** Whether what an image says of itself is what is wanted; what says nothing, or has no variant, may be. */
    static boolean isFor(String platform, InspectImageResponse image) {
        String[] wanted = platform.split("/", -1);
        String os = Objects.requireNonNullElse(image.getOs(), "");
        String cpu = Cpu.imagesName(Objects.requireNonNullElse(image.getArch(), ""));
        if (wanted.length < 2 || os.isEmpty() || cpu.isEmpty()) {
            return true;
        }
        return os.equals(wanted[0])
                && cpu.equals(wanted[1])
                && (wanted.length < 3 || isVariant(wanted[2], variant(image), cpu));
    }

    /** What an engine takes of an image unless it is told; empty: that can't be told. */
    static String own(EngineFacts.Facts engine) {
        String cpu = Cpu.imagesName(engine.cpu());
        return engine.os().isEmpty() || !ENGINES.contains(cpu) ? "" : engine.os() + "/" + cpu;
    }

    /** Whether an engine took this if it had all that there are; so also where it says of itself what nobody knows. */
    static boolean isOwn(String own, InspectImageResponse image) {
        return own.isEmpty()
                || !IMAGES.contains(Cpu.imagesName(Objects.requireNonNullElse(image.getArch(), "")))
                || isFor(own, image);
    }

    /** An ARM of a later kind runs what is for the kinds before. */
    private static boolean isVariant(String wanted, String had, String cpu) {
        return had.isEmpty() || had.equals(wanted) || cpu.equals("arm") && had.compareTo(wanted) < 0;
    }

    /** {@code linux/arm/v7}. */
    static String platform(InspectImageResponse image) {
        String variant = variant(image);
        return image.getOs() + "/" + image.getArch() + (variant.isEmpty() ? "" : "/" + variant);
    }

    private static String variant(InspectImageResponse image) {
        Object told = image.getRawValues().get("Variant");
        return told == null ? "" : told.toString();
    }

    /**
     * Whether an engine that has this of an image may have it for other platforms as well, of which it tells of one: those that keep images in containerd,
     * which name the manifest.
     */
    static boolean mayBeOneOfSeveral(InspectImageResponse image) {
        return image.getRawValues().get("Descriptor") != null;
    }

    /** Whether something that says the same of itself runs here now. */
    private static boolean runs(DockerClient client, String wanted) {
        List<String> images = client.listContainersCmd().withStatusFilter(List.of("running")).exec().stream()
                .map(Container::getImageId)
                .filter(Objects::nonNull)
                .distinct()
                .limit(MOST_LOOKED_AT)
                .toList();
        return images.stream()
                .anyMatch(id -> wanted.equals(client.inspectImageCmd(id).exec().getArch()));
    }
}
