package io.knit.api.model;

import java.util.Map;
import java.util.Objects;

/**
 * A folder that outlives the container: a volume of the slot, or a folder of the host. One of {@code name} and {@code bind} is given.
 *
 * @param name of the volume, which is made on need and stays on its node over revisions; 1–64 of {@code A-Z a-z 0-9 _ . -}, starting with a
 *     letter or digit; empty: it is a folder of the host
 * @param bind absolute path of a folder or file of the host that is there and that its agent allows; empty: it is a volume
 * @param destination absolute path in the container
 * @param readOnly whether the container can't write to it
 * @param driver of the engine, which keeps the volume; of no meaning with {@code bind}
 * @param options what the driver is told, such as {@code type}, {@code device} and {@code o} of an NFS or CIFS share
 * @param propagation of a folder of the host: whether what is mounted in it later, there or in the container, is seen on the other side, in the
 *     engine's words: {@code private}, {@code slave} (the container sees what its host mounts), {@code shared} (and the host what the container
 *     does), each with {@code r} before it for what is mounted below, too; {@link #RPRIVATE}: neither
 * @param of the deployment whose slot {@code 0} has the volume, which the instance shares on its node; empty: it is one of its own slot
 */
public record VolumeSpec(
        String name,
        String bind,
        String destination,
        boolean readOnly,
        String driver,
        Map<String, String> options,
        String propagation,
        String of) {
    /** Unless another is given: the engine keeps it on its own disk, or mounts what the options say. */
    public static final String LOCAL = "local";

    /** Unless another is given: what is mounted later is seen on its own side alone. */
    public static final String RPRIVATE = "rprivate";

    public VolumeSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(bind, "bind");
        Objects.requireNonNull(destination, "destination");
        Objects.requireNonNull(driver, "driver");
        options = Copies.ordered(options);
        Objects.requireNonNull(propagation, "propagation");
        Objects.requireNonNull(of, "of");
    }

    /** One of its own slot. */
    public VolumeSpec(
            String name,
            String bind,
            String destination,
            boolean readOnly,
            String driver,
            Map<String, String> options,
            String propagation) {
        this(name, bind, destination, readOnly, driver, options, propagation, "");
    }

    /** One that sees nothing of what is mounted later. */
    public VolumeSpec(
            String name,
            String bind,
            String destination,
            boolean readOnly,
            String driver,
            Map<String, String> options) {
        this(name, bind, destination, readOnly, driver, options, RPRIVATE);
    }

    /** A volume of the slot on its node's disk. */
    public static VolumeSpec named(String name, String destination) {
        return new VolumeSpec(name, "", destination, false, LOCAL, Map.of());
    }

    /** The volume of another deployment's slot {@code 0}. */
    public static VolumeSpec shared(String deployment, String name, String destination) {
        return new VolumeSpec(name, "", destination, false, LOCAL, Map.of(), RPRIVATE, deployment);
    }

    /** A folder of the host, which the container can't write to. */
    public static VolumeSpec bound(String bind, String destination) {
        return new VolumeSpec("", bind, destination, true, LOCAL, Map.of());
    }

    /** Whether it is a folder of the host, and not a volume. */
    public boolean isBound() {
        return !bind.isEmpty();
    }

    /** Whether it is a volume that another deployment's slot has. */
    public boolean isShared() {
        return !of.isEmpty();
    }

    /**
     * Whether what is in it is on its node alone: a volume on the engine's own disk or in its memory. A share, or what another driver keeps, may be there from other
     * nodes, too, and a folder of the host is the host's.
     */
    public boolean isLocal() {
        return !isBound() && driver.equals(LOCAL) && !isShare();
    }

    /** Whether a slot stays on the node on which it has it: but for a folder of the host, and a share that is only read, which are as good elsewhere. */
    public boolean pins() {
        return !isBound() && (isLocal() || !readOnly);
    }

    private boolean isShare() {
        String type = options.getOrDefault("type", "");
        return type.startsWith("nfs") || type.equals("cifs") || type.equals("smb3");
    }

    /** The same folder of the host by another path. */
    public VolumeSpec boundTo(String path) {
        return new VolumeSpec(name, path, destination, readOnly, driver, options, propagation, of);
    }
}
