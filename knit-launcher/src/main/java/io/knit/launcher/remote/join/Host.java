package io.knit.launcher.remote.join;

import io.knit.launcher.remote.Exit;
import io.knit.launcher.remote.ssh.HostAnswer;
import io.knit.launcher.remote.ssh.NotDone;
import io.knit.launcher.remote.ssh.SshTarget;
import io.knit.launcher.remote.typed.Refused;
import java.util.Map;
import java.util.Optional;

/**
 * A host, as it was found.
 *
 * @param system what it calls itself; may be empty
 * @param arch as packages call it: {@code amd64} or {@code arm64}
 * @param facts what it told besides
 */
record Host(String system, String arch, Map<String, String> facts) {
    private static final Map<String, String> ARCHES =
            Map.of("x86_64", "amd64", "amd64", "amd64", "aarch64", "arm64", "arm64", "arm64");
    private static final int LEAST_MINOR_OF_LIBC = 36;

    Host {
        facts = Map.copyOf(facts);
    }

    /**
     * What the first look found.
     *
     * @throws Refused if no agent can be had there, whoever asks
     */
    static Host seen(SshTarget target, HostAnswer look) {
        if (look.facts().get("looked") == null) {
            throw new Refused(target + " has no shell that says what it is; Knit's agents need Linux");
        }
        if (!look.fact("kernel").equals("Linux")) {
            throw new Refused(target + " runs " + look.fact("kernel") + "; Knit's agents need Linux");
        }
        String arch = ARCHES.get(look.fact("arch"));
        if (arch == null) {
            throw new Refused(target + " is of the kind " + look.fact("arch")
                    + "; there are packages for x86_64 and aarch64 alone");
        }
        if (look.fact("rights").equals("none")) {
            throw new Refused(target + " gives you neither root nor sudo without a password; join it as root@"
                    + target.host() + ", or let that user use sudo so (NOPASSWD)");
        }
        return new Host(look.fact("system").isEmpty() ? "Linux" : look.fact("system"), arch, look.facts());
    }

    /**
     * The same, with what root saw.
     *
     * @throws Refused if an agent would not run there
     */
    Host surveyed(SshTarget target, HostAnswer survey) {
        if (survey.facts().get("surveyed") == null) {
            throw new NotDone(Exit.FAILED, target + " could not be looked at as root; see what it says", survey.last());
        }
        Host host = new Host(system, arch, survey.facts());
        if (host.fact("systemd").isEmpty()) {
            throw new Refused(
                    target + " has no systemd, which starts an agent after a reboot; unpack the tar.gz there, and"
                            + " have whatever starts services there run: bin/knit agent start");
        }
        String libc = host.fact("libc");
        if (libc.matches("2\\.\\d{1,3}") && Integer.parseInt(libc.substring(2)) < LEAST_MINOR_OF_LIBC) {
            throw new Refused(target + " has the C library " + libc + ", and Knit needs 2." + LEAST_MINOR_OF_LIBC
                    + " or later; upgrade it to Debian 12, Ubuntu 24.04 or the like, or run the image there");
        }
        return host;
    }

    String fact(String name) {
        return facts.getOrDefault(name, "");
    }

    boolean isRoot() {
        return fact("rights").equals("root");
    }

    boolean takesDeb() {
        return fact("dpkg").equals("yes");
    }

    /** The node that its agent is, if it was one before. */
    Optional<String> node() {
        return fact("cluster").isEmpty() || fact("node").isEmpty() ? Optional.empty() : Optional.of(fact("node"));
    }

    /**
     * How its engine has to be made answer: {@code install}, {@code start}; empty: it answers, or somebody said where it is.
     *
     * @throws Refused if it has to be installed, and only by hand
     */
    Optional<String> engineNeeds(SshTarget target) {
        return switch (fact("engine")) {
            case "silent" -> Optional.of("start");
            case "none", "" -> {
                if (!fact("packages").equals("apt-get")) {
                    throw new Refused("there is no engine on " + target + ", and Knit installs one with apt-get alone"
                            + byHand(fact("packages")) + ", then join it again");
                }
                yield Optional.of("install");
            }
            default -> Optional.empty();
        };
    }

    private static String byHand(String packages) {
        return switch (packages) {
            case "dnf" -> "; install it there: dnf install moby-engine (or docker-ce) && systemctl enable --now docker";
            case "yum" -> "; install it there: yum install docker && systemctl enable --now docker";
            case "zypper" -> "; install it there: zypper install docker && systemctl enable --now docker";
            case "pacman" -> "; install it there: pacman -S docker && systemctl enable --now docker";
            case "apk" -> "; install it there: apk add docker";
            default -> "; install Docker Engine 20.10 or later there";
        };
    }
}
