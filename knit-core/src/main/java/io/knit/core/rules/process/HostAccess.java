package io.knit.core.rules.process;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.IsolationSpec;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.VolumeSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What of a spec reaches beyond the container into its host, in the words by which an agent allows it: {@code privileged},
 * {@code cap:NET_ADMIN}, {@code device:/dev/dri}, {@code network:host}, {@code pid:host}, {@code ipc:host}, {@code security:seccomp=unconfined}, {@code bind:/srv/data:rw}, {@code shared:/srv/data}, {@code driver:NAME}; {@code all} is every
 * one of them but folders by which one has the host, which are named one by one.
 */
public final class HostAccess {
    /** So many words an agent may be given, and a node is known by. */
    public static final int MOST = 64;

    private static final int LONGEST = 256;
    private static final String FAULT =
            " can't be allowed; give privileged, cap:NET_ADMIN, device:/dev/dri, network:host, pid:host, ipc:host, security:seccomp=unconfined, bind:/srv/data, bind:/srv/data:rw, shared:/srv/data, driver:NAME or all";

    private static final String ALL = "all";
    private static final String PRIVILEGED = "privileged";
    private static final String CAP = "cap:";
    private static final String DEVICE = "device:";
    private static final String SECURITY = "security:";
    private static final String DRIVER = "driver:";
    private static final String NETWORK = "network:" + NetworkSpec.HOST;
    private static final String PID = "pid:" + IsolationSpec.HOST;
    private static final String IPC = "ipc:" + IsolationSpec.HOST;
    private static final Set<String> SHARES = Set.of("", IsolationSpec.HOST);
    private static final Set<String> NETWORKS = Set.of("", NetworkSpec.BRIDGE, NetworkSpec.HOST, NetworkSpec.NONE);

    /** What an engine gives every container by itself: who adds one of them gets what he would have anyway. */
    private static final Set<String> USUAL = Set.of(
            "AUDIT_WRITE",
            "CHOWN",
            "DAC_OVERRIDE",
            "FOWNER",
            "FSETID",
            "KILL",
            "MKNOD",
            "NET_BIND_SERVICE",
            "NET_RAW",
            "SETFCAP",
            "SETGID",
            "SETPCAP",
            "SETUID",
            "SYS_CHROOT");

    private HostAccess() {}

    /**
     * What is wrong with a spec's words about its host, so that it can't be said what it needs: a device's path that goes up is another than the one
     * that it seems. Null: nothing.
     */
    public static @Nullable String fault(DeploymentSpec spec) {
        IsolationSpec isolation = spec.isolation();
        if (!NETWORKS.contains(spec.network().network())) {
            return "the network is none of bridge, host and none";
        }
        // an engine takes another container's, too
        if (!SHARES.contains(isolation.pid()) || !SHARES.contains(isolation.ipc())) {
            return "pid or ipc is not host";
        }
        List<VolumeWords.Fault> volumes = VolumeWords.faults(spec);
        if (!volumes.isEmpty()) {
            return volumes.get(0).words();
        }
        Stream<@Nullable String> faults = Stream.of(
                        isolation.capAdd().stream().map(Capability::fault),
                        isolation.devices().stream().map(DeviceWords::fault),
                        isolation.securityOpt().stream().map(SecurityWords::fault))
                .flatMap(each -> each);
        return faults.filter(Objects::nonNull)
                .findFirst()
                .map(fault -> "a capability, device or security option" + fault)
                .orElse(null);
    }

    /** What a spec needs, each once; empty: it keeps to its container. */
    public static List<String> of(DeploymentSpec spec) {
        IsolationSpec isolation = spec.isolation();
        List<String> needed = new ArrayList<>();
        if (isolation.privileged()) {
            needed.add(PRIVILEGED);
        }
        isolation.capAdd().stream()
                .map(Capability::bare)
                .filter(name -> !USUAL.contains(name))
                .forEach(name -> needed.add(CAP + name));
        isolation.devices().forEach(device -> needed.add(DEVICE + DeviceWords.onHost(device)));
        isolation.securityOpt().stream()
                .filter(option -> !SecurityWords.isHarmless(option))
                .forEach(option -> needed.add(SECURITY + SecurityWords.plain(option)));
        if (spec.network().network().equals(NetworkSpec.HOST)) {
            needed.add(NETWORK);
        }
        if (isolation.pid().equals(IsolationSpec.HOST)) {
            needed.add(PID);
        }
        if (isolation.ipc().equals(IsolationSpec.HOST)) {
            needed.add(IPC);
        }
        needed.addAll(ofVolumes(spec.allVolumes()));
        return needed.stream().distinct().toList();
    }

    /** What these need, each once. */
    public static List<String> ofVolumes(List<VolumeSpec> volumes) {
        return volumes.stream()
                .filter(volume -> volume.isBound() || !volume.driver().equals(VolumeSpec.LOCAL))
                .flatMap(volume -> volume.isBound()
                        ? BindWords.needs(volume, volume.bind()).stream()
                        : Stream.of(DRIVER + volume.driver()))
                .distinct()
                .toList();
    }

    /** Those of the needed that none of the allowed covers, in their order. */
    public static List<String> lacking(List<String> needed, List<String> allowed) {
        boolean all = allowed.contains(ALL);
        return needed.isEmpty()
                ? List.of()
                : needed.stream()
                        .filter(need -> !all || BindWords.isTheHost(need))
                        .filter(need -> allowed.stream().noneMatch(word -> covers(word, need)))
                        .toList();
    }

    private static boolean covers(String word, String need) {
        boolean all = word.equals(CAP + Capability.ALL) && need.startsWith(CAP);
        // a folder is all that is in it
        boolean within = word.startsWith(DEVICE) && need.startsWith(word + "/");
        return word.equals(need) || all || within || BindWords.covers(word, need);
    }

    /** What is wrong with a word of who allows, to be put after it; null: nothing. */
    public static @Nullable String fault(String word) {
        boolean known = word.length() <= LONGEST && isKnown(word);
        return known ? null : FAULT;
    }

    private static boolean isKnown(String word) {
        return word.equals(ALL)
                || word.equals(PRIVILEGED)
                || word.equals(NETWORK)
                || word.equals(PID)
                || word.equals(IPC)
                || word.startsWith(CAP) && Capability.fault(word.substring(CAP.length())) == null && isBare(word)
                || word.startsWith(DEVICE) && DeviceWords.isPath(word.substring(DEVICE.length()))
                || BindWords.isWord(word)
                || word.startsWith(DRIVER) && VolumeWords.isDriver(word.substring(DRIVER.length()))
                || word.startsWith(SECURITY) && SecurityWords.fault(word.substring(SECURITY.length())) == null;
    }

    private static boolean isBare(String word) {
        String name = word.substring(CAP.length());
        return Capability.bare(name).equals(name);
    }

    /**
     * The words of a setting.
     *
     * @param text parted by commas; null: there are none
     * @throws IllegalArgumentException if one of them can't be allowed, or there are more than {@link #MOST}
     */
    public static List<String> words(@Nullable String text) {
        List<String> words =
                text == null || text.isBlank() ? List.of() : List.of(text.trim().split(" *, *", -1));
        if (words.size() > MOST) {
            throw new IllegalArgumentException(
                    "there are " + words.size() + " words; give " + MOST + " at most, or all");
        }
        words.forEach(word -> {
            String fault = fault(word);
            if (fault != null) {
                throw new IllegalArgumentException("\"" + word + "\"" + fault);
            }
        });
        return words;
    }
}
