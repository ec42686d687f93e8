package io.knit.api.model;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a user wishes to run. It is the user's and never edited: defaults that depend on the node are chosen when an
 * instance is placed.
 *
 * @param name DNS label (RFC 1123): 1–63 of {@code a-z 0-9 -}, starting and ending with a letter or digit
 * @param image image reference, as {@code docker pull} takes it
 * @param command replaces the image's entrypoint; empty: the image's own
 * @param args replaces the image's command; empty: the image's own
 * @param env environment of the container
 * @param labels labels of the container; {@code knit.*} is Knit's own
 * @param nodeSelector labels that a node must have, all of them; empty: every node is a candidate
 * @param replicas number of slots, 0–1000; of no meaning but with {@link Mode#REPLICATED}
 * @param pull when the registry is asked
 * @param registryAuth for the image's registry, or null: anonymous
 * @param init whether a small init is process 1 and hands signals on; false: the image's own program is, as one with its own init wants it
 * @param noNewPrivileges whether no program may gain rights that its caller has not, as {@code sudo} does
 * @param resources what an instance may take of its node, and what is kept free for it there
 * @param health how one finds out whether it does its work
 * @param restart what becomes of one whose container ended
 * @param stop how it is stopped
 * @param constraints what a node must be like, all of them; empty: every node is a candidate
 * @param spreadBy a label's key or a fact: instances are even over its values; empty: they are not
 * @param maxPerNode so many instances are on one node at most; 0: there is no bound
 * @param prefer what a node had better be like
 * @param strategy which of the nodes that are as good otherwise comes first
 * @param update how a change of it is carried out
 * @param mode what it has an instance for
 * @param job what is run to its end; null but with {@link Mode#JOB} and {@link Mode#CRON}
 * @param dependsOn names of deployments that must be healthy, or jobs that must have completed, before the first instance starts
 * @param cron when it is run; null but with {@link Mode#CRON}
 * @param priority 0…1000; of what waits for a node the higher goes first
 * @param preempt whether it may push out instances of lower priority where nothing else makes room
 * @param disconnect what it wishes while server and node do not hear each other
 * @param stack the name of those with which it was deployed; empty: it belongs to none
 * @param process who its process is, and within which limits
 * @param isolation what keeps it apart from its host
 * @param scratch where it may write what goes with it
 * @param network how it is called, and whom it asks for names
 * @param log where what it writes is kept
 * @param volumes folders that outlive its containers
 * @param envFrom environment that the server keeps
 * @param secrets files in the container's memory that the server keeps
 * @param expose ports that other nodes reach by name
 * @param initContainers run to their ends, one after the other, before each main container is made
 * @param sidecars run as long as the main container does
 * @param keepFailed how many ended containers of a slot that failed stay on a node once their instances are over, 0 to {@link #MOST_KEPT_FAILED}
 * @param near names of deployments on whose nodes it had better be; each of them that is there counts as a preference of {@value #NEAR_WEIGHT}
 */
public record DeploymentSpec(
        String name,
        String image,
        List<String> command,
        List<String> args,
        Map<String, String> env,
        Map<String, String> labels,
        Map<String, String> nodeSelector,
        int replicas,
        PullPolicy pull,
        @Nullable RegistryAuth registryAuth,
        List<PortSpec> ports,
        List<TemplateSpec> templates,
        boolean init,
        boolean noNewPrivileges,
        Resources resources,
        HealthSpec health,
        RestartSpec restart,
        StopSpec stop,
        List<Constraint> constraints,
        String spreadBy,
        int maxPerNode,
        List<Preference> prefer,
        Strategy strategy,
        Update update,
        Mode mode,
        @Nullable JobSpec job,
        List<String> dependsOn,
        @Nullable CronSpec cron,
        int priority,
        boolean preempt,
        DisconnectSpec disconnect,
        String stack,
        ProcessSpec process,
        IsolationSpec isolation,
        ScratchSpec scratch,
        NetworkSpec network,
        LogSpec log,
        List<VolumeSpec> volumes,
        List<EnvSource> envFrom,
        List<SecretMount> secrets,
        List<ExposeSpec> expose,
        List<PartSpec> initContainers,
        List<SidecarSpec> sidecars,
        int keepFailed,
        List<String> near) {

    /** Unless another is given. */
    public static final int PRIORITY = 50;

    /** More of one slot help nobody. */
    public static final int MOST_KEPT_FAILED = 5;

    /** What each deployment counts near which it is. */
    public static final int NEAR_WEIGHT = 100;

    public DeploymentSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(image, "image");
        command = List.copyOf(command);
        args = List.copyOf(args);
        env = Copies.ordered(env);
        labels = Copies.ordered(labels);
        nodeSelector = Copies.ordered(nodeSelector);
        Objects.requireNonNull(pull, "pull");
        ports = List.copyOf(ports);
        templates = List.copyOf(templates);
        Objects.requireNonNull(resources, "resources");
        Objects.requireNonNull(health, "health");
        Objects.requireNonNull(restart, "restart");
        Objects.requireNonNull(stop, "stop");
        constraints = List.copyOf(constraints);
        Objects.requireNonNull(spreadBy, "spreadBy");
        prefer = List.copyOf(prefer);
        Objects.requireNonNull(strategy, "strategy");
        Objects.requireNonNull(update, "update");
        Objects.requireNonNull(mode, "mode");
        dependsOn = List.copyOf(dependsOn);
        Objects.requireNonNull(disconnect, "disconnect");
        Objects.requireNonNull(stack, "stack");
        Objects.requireNonNull(process, "process");
        Objects.requireNonNull(isolation, "isolation");
        Objects.requireNonNull(scratch, "scratch");
        Objects.requireNonNull(network, "network");
        Objects.requireNonNull(log, "log");
        volumes = List.copyOf(volumes);
        envFrom = List.copyOf(envFrom);
        secrets = List.copyOf(secrets);
        expose = List.copyOf(expose);
        initContainers = List.copyOf(initContainers);
        sidecars = List.copyOf(sidecars);
        near = List.copyOf(near);
        if (mode == Mode.JOB || mode == Mode.CRON) {
            job = job == null ? JobSpec.DEFAULT : job;
            // every agent that knows restart knows how a job's instance ends
            restart = restart.equals(RestartSpec.DEFAULT) ? RestartSpec.ONCE : restart;
        }
    }

    /** All that is published on a node: {@link #ports}, then what {@link #expose} asks for. */
    public List<PortSpec> published() {
        return expose.isEmpty()
                ? ports
                : Stream.concat(ports.stream(), expose.stream().map(ExposeSpec::published))
                        .toList();
    }

    /** Those of the main container, then those of its sidecars' own: all that an instance has. A volume that several containers mount is in it as often. */
    public List<VolumeSpec> allVolumes() {
        return sidecars.stream().allMatch(sidecar -> sidecar.volumes().isEmpty())
                ? volumes
                : Stream.concat(volumes.stream(), sidecars.stream().flatMap(sidecar -> sidecar.volumes().stream()))
                        .toList();
    }

    /** A builder for a deployment of this name and image; see the record's parameters for the ranges. */
    public static DeploymentSpecBuilder builder(String name, String image) {
        return new DeploymentSpecBuilder(name, image);
    }
}
