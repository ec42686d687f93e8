package io.knit.api.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Builds a {@link DeploymentSpec}; made by {@link DeploymentSpec#builder}. Not thread-safe. */
public final class DeploymentSpecBuilder {
    private final String name;
    private final String image;
    private List<String> command = List.of();
    private List<String> args = List.of();
    private final Map<String, String> env = new LinkedHashMap<>();
    private final Map<String, String> labels = new LinkedHashMap<>();
    private final Map<String, String> nodeSelector = new LinkedHashMap<>();
    private int replicas = 1;
    private @Nullable PullPolicy pull;
    private @Nullable RegistryAuth registryAuth;
    private final List<PortSpec> ports = new ArrayList<>();
    private final List<TemplateSpec> templates = new ArrayList<>();
    private boolean init = true;
    private boolean noNewPrivileges = true;
    private Resources resources = Resources.DEFAULT;
    private HealthSpec health = HealthSpec.IMAGE;
    private RestartSpec restart = RestartSpec.DEFAULT;
    private StopSpec stop = StopSpec.DEFAULT;
    private final List<Constraint> constraints = new ArrayList<>();
    private String spreadBy = "";
    private int maxPerNode;
    private int priority = DeploymentSpec.PRIORITY;
    private boolean preempt;
    private final List<String> dependsOn = new ArrayList<>();
    private final List<Preference> prefer = new ArrayList<>();
    private Strategy strategy = Strategy.SPREAD;
    private Update update = Update.DEFAULT;
    private Mode mode = Mode.REPLICATED;
    private @Nullable JobSpec job;
    private @Nullable CronSpec cron;
    private DisconnectSpec disconnect = DisconnectSpec.DEFAULT;
    private String stack = "";
    private ProcessSpec process = ProcessSpec.DEFAULT;
    private IsolationSpec isolation = IsolationSpec.DEFAULT;
    private ScratchSpec scratch = ScratchSpec.DEFAULT;
    private NetworkSpec network = NetworkSpec.DEFAULT;
    private LogSpec log = LogSpec.DEFAULT;
    private final List<VolumeSpec> volumes = new ArrayList<>();
    private final List<EnvSource> envFrom = new ArrayList<>();
    private final List<SecretMount> secrets = new ArrayList<>();
    private final List<ExposeSpec> expose = new ArrayList<>();
    private final List<PartSpec> initContainers = new ArrayList<>();
    private final List<SidecarSpec> sidecars = new ArrayList<>();
    private int keepFailed;
    private final List<String> near = new ArrayList<>();

    DeploymentSpecBuilder(String name, String image) {
        this.name = Objects.requireNonNull(name, "name");
        this.image = Objects.requireNonNull(image, "image");
    }

    public DeploymentSpecBuilder command(List<String> command) {
        this.command = List.copyOf(command);
        return this;
    }

    public DeploymentSpecBuilder args(List<String> args) {
        this.args = List.copyOf(args);
        return this;
    }

    public DeploymentSpecBuilder env(String key, String value) {
        env.put(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
        return this;
    }

    public DeploymentSpecBuilder label(String key, String value) {
        labels.put(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
        return this;
    }

    /** Adds a label that a node must have. */
    public DeploymentSpecBuilder nodeSelector(String key, String value) {
        nodeSelector.put(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
        return this;
    }

    /**
     * How many instances, 0–1000; 1 unless told.
     *
     * @throws IllegalArgumentException if negative
     */
    public DeploymentSpecBuilder replicas(int replicas) {
        if (replicas < 0) {
            throw new IllegalArgumentException("replicas is " + replicas + "; give 0 or more");
        }
        this.replicas = replicas;
        return this;
    }

    /** Unless told: {@code ALWAYS} for an image with the tag {@code latest} or none, else {@code MISSING}. */
    public DeploymentSpecBuilder pull(PullPolicy pull) {
        this.pull = Objects.requireNonNull(pull, "pull");
        return this;
    }

    public DeploymentSpecBuilder registryAuth(String username, String password) {
        this.registryAuth = new RegistryAuth(username, password);
        return this;
    }

    public DeploymentSpecBuilder port(PortSpec port) {
        ports.add(Objects.requireNonNull(port, "port"));
        return this;
    }

    /** Publishes a TCP port on a host port that the scheduler assigns, at the default address. */
    public DeploymentSpecBuilder port(int containerPort) {
        return port(new PortSpec(null, 0, containerPort, Protocol.TCP));
    }

    public DeploymentSpecBuilder template(String destination, String content) {
        templates.add(new TemplateSpec(destination, content));
        return this;
    }

    /** Adds a template, for one that is more than a text and its place. */
    public DeploymentSpecBuilder template(TemplateSpec template) {
        templates.add(Objects.requireNonNull(template, "template"));
        return this;
    }

    /** Whether a small init is process 1; true unless told. False for an image that brings its own, like s6-overlay. */
    public DeploymentSpecBuilder init(boolean init) {
        this.init = init;
        return this;
    }

    /** Whether no program may gain rights that its caller has not; true unless told. False for one that needs {@code sudo}. */
    public DeploymentSpecBuilder noNewPrivileges(boolean noNewPrivileges) {
        this.noNewPrivileges = noNewPrivileges;
        return this;
    }

    /** {@link Resources#DEFAULT} unless told. */
    public DeploymentSpecBuilder resources(Resources resources) {
        this.resources = Objects.requireNonNull(resources, "resources");
        return this;
    }

    /** {@link HealthSpec#IMAGE} unless told. */
    public DeploymentSpecBuilder health(HealthSpec health) {
        this.health = Objects.requireNonNull(health, "health");
        return this;
    }

    /** {@link RestartSpec#DEFAULT} unless told. */
    public DeploymentSpecBuilder restart(RestartSpec restart) {
        this.restart = Objects.requireNonNull(restart, "restart");
        return this;
    }

    /** {@link StopSpec#DEFAULT} unless told. */
    public DeploymentSpecBuilder stop(StopSpec stop) {
        this.stop = Objects.requireNonNull(stop, "stop");
        return this;
    }

    /** Adds what a node must be like. */
    public DeploymentSpecBuilder constraint(Constraint constraint) {
        constraints.add(Objects.requireNonNull(constraint, "constraint"));
        return this;
    }

    /** Even over the values of this label or fact; over nodes alone unless told. */
    public DeploymentSpecBuilder spreadBy(String key) {
        this.spreadBy = Objects.requireNonNull(key, "key");
        return this;
    }

    /**
     * So many on one node at most; 0, no bound, unless told.
     *
     * @throws IllegalArgumentException if negative
     */
    public DeploymentSpecBuilder maxPerNode(int maxPerNode) {
        if (maxPerNode < 0) {
            throw new IllegalArgumentException("maxPerNode is " + maxPerNode + "; give 0 or more");
        }
        this.maxPerNode = maxPerNode;
        return this;
    }

    /** Adds what a node had better be like. */
    public DeploymentSpecBuilder prefer(Preference preference) {
        prefer.add(Objects.requireNonNull(preference, "preference"));
        return this;
    }

    /** {@code SPREAD} unless told. */
    public DeploymentSpecBuilder strategy(Strategy strategy) {
        this.strategy = Objects.requireNonNull(strategy, "strategy");
        return this;
    }

    /** {@link Update#DEFAULT} unless told. */
    public DeploymentSpecBuilder update(Update update) {
        this.update = Objects.requireNonNull(update, "update");
        return this;
    }

    /** {@code REPLICATED} unless told. */
    public DeploymentSpecBuilder mode(Mode mode) {
        this.mode = Objects.requireNonNull(mode, "mode");
        return this;
    }

    /** Runs to its end: the mode is {@code JOB} then, or stays {@code CRON}. */
    public DeploymentSpecBuilder job(JobSpec job) {
        this.mode = mode == Mode.CRON ? mode : Mode.JOB;
        this.job = Objects.requireNonNull(job, "job");
        return this;
    }

    /** Runs to its end at each time of a schedule: the mode is {@code CRON} then. */
    public DeploymentSpecBuilder cron(CronSpec cron) {
        this.mode = Mode.CRON;
        this.cron = Objects.requireNonNull(cron, "cron");
        return this;
    }

    /** Adds deployments that must be healthy, or jobs that must have completed, before the first instance starts. */
    public DeploymentSpecBuilder dependsOn(String... names) {
        dependsOn.addAll(List.of(names));
        return this;
    }

    /** Of what waits for a node the higher goes first; 0…1000, 50 unless given. */
    public DeploymentSpecBuilder priority(int priority) {
        this.priority = priority;
        return this;
    }

    /** It may push out instances of lower priority where nothing else makes room. */
    public DeploymentSpecBuilder preempt(boolean preempt) {
        this.preempt = preempt;
        return this;
    }

    /** What it wishes while server and node do not hear each other; unless told, its work is replaced as soon as its node is down. */
    public DeploymentSpecBuilder disconnect(DisconnectSpec disconnect) {
        this.disconnect = Objects.requireNonNull(disconnect, "disconnect");
        return this;
    }

    /** The name of those with which it is deployed, and without which it may be taken away; a DNS label. */
    public DeploymentSpecBuilder stack(String stack) {
        this.stack = Objects.requireNonNull(stack, "stack");
        return this;
    }

    /** {@link ProcessSpec#DEFAULT} unless told. */
    public DeploymentSpecBuilder process(ProcessSpec process) {
        this.process = Objects.requireNonNull(process, "process");
        return this;
    }

    /** {@link IsolationSpec#DEFAULT} unless told. */
    public DeploymentSpecBuilder isolation(IsolationSpec isolation) {
        this.isolation = Objects.requireNonNull(isolation, "isolation");
        return this;
    }

    /** {@link ScratchSpec#DEFAULT} unless told. */
    public DeploymentSpecBuilder scratch(ScratchSpec scratch) {
        this.scratch = Objects.requireNonNull(scratch, "scratch");
        return this;
    }

    /** {@link NetworkSpec#DEFAULT} unless told. */
    public DeploymentSpecBuilder network(NetworkSpec network) {
        this.network = Objects.requireNonNull(network, "network");
        return this;
    }

    /** {@link LogSpec#DEFAULT} unless told. */
    public DeploymentSpecBuilder log(LogSpec log) {
        this.log = Objects.requireNonNull(log, "log");
        return this;
    }

    /** Adds a folder that outlives the containers. */
    public DeploymentSpecBuilder volume(VolumeSpec volume) {
        volumes.add(Objects.requireNonNull(volume, "volume"));
        return this;
    }

    /** Adds environment that the server keeps. */
    public DeploymentSpecBuilder envFrom(EnvSource source) {
        envFrom.add(Objects.requireNonNull(source, "source"));
        return this;
    }

    /** Adds a secret that the server keeps, as a file in the container's memory. */
    public DeploymentSpecBuilder secret(SecretMount secret) {
        secrets.add(Objects.requireNonNull(secret, "secret"));
        return this;
    }

    /** Adds a port that other nodes reach by name. */
    public DeploymentSpecBuilder expose(ExposeSpec port) {
        expose.add(Objects.requireNonNull(port, "port"));
        return this;
    }

    /** Other nodes reach this TCP port by name and its own number. */
    public DeploymentSpecBuilder expose(int containerPort) {
        return expose(new ExposeSpec(containerPort, 0, Protocol.TCP));
    }

    /** Adds a container that runs to its end before the main one is made, after those added before. */
    public DeploymentSpecBuilder initContainer(PartSpec part) {
        initContainers.add(Objects.requireNonNull(part, "part"));
        return this;
    }

    /** Adds a container that runs as long as the main one does. */
    public DeploymentSpecBuilder sidecar(SidecarSpec sidecar) {
        sidecars.add(Objects.requireNonNull(sidecar, "sidecar"));
        return this;
    }

    /** So many ended containers of a slot that failed stay on a node once their instances are over, 0 to {@value DeploymentSpec#MOST_KEPT_FAILED}. */
    public DeploymentSpecBuilder keepFailed(int most) {
        this.keepFailed = most;
        return this;
    }

    /** Nodes that have instances of these deployments come first, each as a preference of {@value DeploymentSpec#NEAR_WEIGHT}; whether there are such does not matter. */
    public DeploymentSpecBuilder near(String... names) {
        near.addAll(List.of(names));
        return this;
    }

    public DeploymentSpec build() {
        PullPolicy policy = pull != null ? pull : defaultPull(image);
        return new DeploymentSpec(
                name,
                image,
                command,
                args,
                env,
                labels,
                nodeSelector,
                replicas,
                policy,
                registryAuth,
                ports,
                templates,
                init,
                noNewPrivileges,
                resources,
                health,
                restart,
                stop,
                constraints,
                spreadBy,
                maxPerNode,
                prefer,
                strategy,
                update,
                mode,
                job,
                dependsOn,
                cron,
                priority,
                preempt,
                disconnect,
                stack,
                process,
                isolation,
                scratch,
                network,
                log,
                volumes,
                envFrom,
                secrets,
                expose,
                initContainers,
                sidecars,
                keepFailed,
                near);
    }

    /** An image that is named by a moving tag is asked for each time, as users of a registry expect. */
    private static PullPolicy defaultPull(String image) {
        if (image.contains("@")) {
            return PullPolicy.MISSING;
        }
        String tag = image.substring(image.lastIndexOf('/') + 1);
        int colon = tag.indexOf(':');
        boolean moving = colon < 0 || tag.substring(colon + 1).equals("latest");
        return moving ? PullPolicy.ALWAYS : PullPolicy.MISSING;
    }
}
