package io.knit.plugin.docker.container;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.plugin.docker.engine.EngineErrors;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Why a container did not start, for the one who wrote the spec. */
public final class StartErrors {
    /** As in "Bind for 10.0.0.1:80 failed", "listen tcp4 10.0.0.1:80: bind", "failed to bind host port 10.0.0.1:80/tcp". */
    private static final Pattern ADDRESS =
            Pattern.compile("(?:Bind for |listen (?:tcp|udp)[46]? |host port (?:for )?|bind port )"
                    + "((?:\\d{1,3}\\.){3}\\d{1,3}:\\d+|\\[[0-9a-fA-F:.%]+]:\\d+|:::\\d+)");

    /** The layers that pass the runtime's message on, each adding a prefix; the last word is the real one. */
    private static final Pattern LAYERS = Pattern.compile(
            "^(?:failed to set up container networking: |failed to create (?:shim )?task(?: for container)?: |OCI runtime create failed: |runc create failed: "
                    + "|container_linux\\.go:\\d+: |starting container process caused: "
                    + "|unable to start container process: |driver failed programming external connectivity on endpoint "
                    + "\\S+ \\([0-9a-f]+\\): |Error starting userland proxy: )+");

    /** Where a file of the host was to be mounted; what stands between has changed with the versions of runc. */
    private static final Pattern MOUNT = Pattern.compile("mounting \\\\?\".*? at \\\\?\"([^\"\\\\]+)\\\\?\"");

    /** Of a folder of the host whose mounts are to be seen on the other side; the path may have blanks. */
    private static final Pattern APART =
            Pattern.compile("path (/.*) is mounted on (/.*) but it is not a shared(?: or slave)? mount");

    private static final int LONGEST_PORT = 5;

    private StartErrors() {}

    /** The host port that another container has; empty: it did not fail for that, or it is not said. */
    static OptionalInt allocated(DockerException refusal) {
        String said = EngineErrors.whole(refusal);
        Matcher matcher = ADDRESS.matcher(said);
        if (!said.contains("port is already allocated") || !matcher.find()) {
            return OptionalInt.empty();
        }
        String address = matcher.group(1);
        String port = address.substring(address.lastIndexOf(':') + 1);
        return port.length() > LONGEST_PORT ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(port));
    }

    public static KnitException of(DockerException refusal) {
        return of(refusal, "");
    }

    /** @param holder the name of the container that has the port; empty: it is not known, or none does */
    static KnitException of(DockerException refusal, String holder) {
        String said = EngineErrors.whole(refusal);
        String reason = EngineErrors.cut(LAYERS.matcher(said).replaceFirst("").replaceFirst(": unknown$", ""));
        if (said.contains("port is already allocated") || said.contains("address already in use")) {
            return new KnitException(
                    ErrorCode.PORT_IN_USE,
                    address(said) + " is already in use on the node"
                            + (holder.isEmpty() ? "" : " by container " + holder)
                            + "; free it or choose another host_port",
                    refusal);
        }
        if (said.contains("cannot assign requested address")) {
            return new KnitException(
                    ErrorCode.NO_SUCH_ADDRESS,
                    address(said) + " can't be bound: the node does not have this address; choose another host_ip",
                    refusal);
        }
        Matcher mount = MOUNT.matcher(said);
        if (mount.find() && said.contains("not a directory")) {
            return new KnitException(
                    ErrorCode.RUNTIME_REFUSED,
                    "The template's destination " + mount.group(1)
                            + " is a directory in the image, or lies below what is a file there; give the path of a file",
                    refusal);
        }
        Matcher apart = APART.matcher(said);
        if (apart.find()) {
            // as of a folder that is not there: another node may have it so
            return new KnitException(
                    ErrorCode.INVALID_VALUE,
                    "What is mounted in " + apart.group(1)
                            + " is not passed on by the node, as its propagation wants it: run mount --make-rshared "
                            + apart.group(2) + " there, or leave propagation out",
                    refusal);
        }
        if (refusal instanceof NotFoundException && said.startsWith("No such container")) {
            return new KnitException(ErrorCode.RUNTIME_REFUSED, "The container is gone from the node", refusal);
        }
        return new KnitException(
                ErrorCode.RUNTIME_REFUSED, "The Docker Engine could not start the container: " + reason, refusal);
    }

    private static String address(String said) {
        Matcher matcher = ADDRESS.matcher(said);
        return matcher.find() ? "Port " + matcher.group(1) : "A published port";
    }
}
