package io.knit.core.server.compose.key;

import io.knit.core.server.compose.key.ComposeKey.Fate;
import java.util.List;

/** The keys of a service. */
final class ServiceKeys {
    private static final String HOST_SHARE = "a container has this to itself";

    static final List<ComposeKey> ALL = List.of(
            taken("image", "`image`"),
            taken(
                    "build",
                    "nothing: beside an `image` with a remark; without one it is refused, for nothing is built here"),
            taken("command", "`args`; a text is parted into words, as a shell does, but no shell runs it"),
            taken("entrypoint", "`entrypoint`; a text as with `command`"),
            taken("environment", "`env`; a name without a value takes that of the variables given"),
            taken("env_file", "`env`, from files that are given along; `environment` goes before them"),
            taken("env_file.path", "the file"),
            taken("env_file.required", "`false`: it may be missing"),
            taken("env_file.format", "`raw`: values as they stand; others are refused"),
            taken("labels", "`labels`"),
            taken("label_file", "`labels`, from files that are given along; `labels` goes before them"),
            remarked(
                    "annotations",
                    "are for the engine's own parts, and are left out",
                    "use labels for whoever reads them"),
            taken("user", "`user`"),
            taken("group_add", "`group_add`"),
            taken("working_dir", "`workdir`"),
            taken("hostname", "`hostname`"),
            refused("domainname", "a host's name is one text", "write hostname: NAME.DOMAIN"),
            taken("init", "`init`; `false` unless given, as Compose has it"),
            taken("tty", "`tty`"),
            taken("stdin_open", "`stdin`"),
            taken("privileged", "`privileged`; its hosts must allow it"),
            taken("cap_add", "`cap_add`, in any letters; its hosts must allow it"),
            taken("cap_drop", "`cap_drop`, in any letters"),
            taken("devices", "`devices`; its hosts must allow it"),
            taken("devices.source", "the host's device"),
            taken("devices.target", "the container's"),
            taken("devices.permissions", "what may be done of `rwm`"),
            refused("device_cgroup_rules", "devices are given one by one", "name them in devices"),
            taken("security_opt", "`security_opt`; `no-new-privileges:false` is `no_new_privileges: false`"),
            taken("sysctls", "`sysctls`"),
            taken("ulimits", "`ulimits`"),
            taken("ulimits.*.soft", "before the colon"),
            taken("ulimits.*.hard", "behind it"),
            taken("shm_size", "`shm_size`"),
            taken("read_only", "`read_only`"),
            taken("tmpfs", "`tmpfs`; `nosuid` and `nodev` always hold"),
            taken("volumes", "`volumes`, and `tmpfs` for those in memory"),
            taken("volumes.type", "`volume`, `bind` or `tmpfs`; others are refused"),
            taken(
                    "volumes.source",
                    "`name` or `bind`; a path beside the file is refused unless it is a file that is only read: that is sent along as one of `templates`"),
            taken("volumes.target", "`destination`"),
            taken("volumes.read_only", "`read_only`"),
            remarked("volumes.consistency", "nodes run Linux, where it has no meaning", "leave it out"),
            taken("volumes.bind", "see below"),
            taken(
                    "volumes.bind.propagation",
                    "`propagation`, as `rslave` and the like behind a colon; `shared` and `rshared` its hosts must allow"),
            remarked("volumes.bind.create_host_path", "whether it may be made is its host's to say", ""),
            refused("volumes.bind.recursive", "what is mounted below comes along", "leave it out"),
            remarked("volumes.bind.selinux", "labels of SELinux are its host's to set", ""),
            taken("volumes.volume", "see below"),
            remarked("volumes.volume.labels", "a volume has Knit's labels alone", ""),
            refused("volumes.volume.nocopy", "an empty volume is filled with what the image has there", "leave it out"),
            refused("volumes.volume.subpath", "a volume is mounted whole", "use a volume of its own"),
            taken("volumes.tmpfs", "see below"),
            taken("volumes.tmpfs.size", "`size=` of `tmpfs`"),
            taken("volumes.tmpfs.mode", "`mode=` of `tmpfs`"),
            refused("volumes.image", "images are not mounted", "copy what is needed into the service's own image"),
            refused("volumes_from", "no container takes another's volumes", "name the volumes in both services"),
            taken(
                    "ports",
                    "`ports`; on all of a node's IPv4 addresses (`0.0.0.0`) unless an address is given; a range is a port each"),
            taken("ports.target", "`container_port`"),
            taken("ports.published", "`host_port`"),
            taken("ports.host_ip", "`host_ip`"),
            taken("ports.protocol", "`protocol`"),
            taken("ports.mode", "`host`; `ingress` with a remark: only nodes that run it answer"),
            remarked("ports.name", "ports have no names", ""),
            remarked("ports.app_protocol", "what is spoken there makes no difference", ""),
            taken(
                    "expose",
                    "`expose`; what another service of the file has on its node, or it publishes itself, is left out with a remark"),
            taken(
                    "networks",
                    "`networks`: `PROJECT_NETWORK`, with the service's name as alias; `host` and `none` as `network`"),
            taken("networks.*.aliases", "`networks.aliases`"),
            refused("networks.*.ipv4_address", "addresses are the engine's choice", "use the service's name"),
            refused("networks.*.ipv6_address", "addresses are the engine's choice", "use the service's name"),
            refused("networks.*.link_local_ips", "addresses are the engine's choice", "use the service's name"),
            refused("networks.*.mac_address", "addresses are the engine's choice", "leave it out"),
            refused("networks.*.interface_name", "interfaces are named by the engine", "leave it out"),
            remarked("networks.*.driver_opts", "networks are as the engine makes them", ""),
            remarked(
                    "networks.*.priority",
                    "the engine chooses the way out",
                    "give it the name that is first in the alphabet"),
            remarked(
                    "networks.*.gw_priority",
                    "the engine chooses the way out",
                    "give it the name that is first in the alphabet"),
            taken(
                    "network_mode",
                    "`network`: `bridge`, `host`, `none`; with `service:NAME` it is one of that one's `sidecars`; `container:` is refused"),
            refused("mac_address", "addresses are the engine's choice", "leave it out"),
            taken(
                    "links",
                    "nothing, with a remark: services are found by their names; one with another name is refused"),
            refused(
                    "external_links",
                    "containers beside the project are not linked",
                    "publish the port there, and connect to its node"),
            taken("extra_hosts", "`extra_hosts`"),
            taken("dns", "`dns`"),
            refused("dns_opt", "how names are asked for can't be set", "leave it out"),
            refused("dns_search", "names are asked for as they are written", "write them in full"),
            taken("depends_on", "`depends_on`, the deployments' names"),
            taken(
                    "depends_on.*.condition",
                    "`service_healthy` and `service_started` both wait until it is healthy; `service_completed_successfully` makes the other a job"),
            taken("depends_on.*.required", "`false`: it may be in no active profile"),
            remarked("depends_on.*.restart", "what depends on it is not restarted with it", ""),
            taken("healthcheck", "`health`"),
            taken(
                    "healthcheck.test",
                    "`exec`: `CMD` as it is, `CMD-SHELL` and a text with `/bin/sh -c`, `NONE` as `disabled`"),
            taken("healthcheck.disable", "`disabled`"),
            taken("healthcheck.interval", "`interval`, 30 s unless given"),
            taken("healthcheck.timeout", "`timeout`, 30 s unless given"),
            taken("healthcheck.retries", "`retries`"),
            taken("healthcheck.start_period", "`grace`"),
            remarked(
                    "healthcheck.start_interval",
                    "until the first success checks come after 100 ms, 200 ms, 400 ms and so on",
                    "leave it out"),
            taken(
                    "restart",
                    "`restart.condition`: `no`, `always`, `unless-stopped` (as `always`), `on-failure[:attempts]`; `always` unless given, with a remark"),
            taken("stop_signal", "`stop.signal`: its name in any letters, with `SIG` or without, or its number"),
            taken("stop_grace_period", "`stop.grace`"),
            taken("pre_stop", "`stop.pre_stop`, one command"),
            taken("pre_stop.command", "the command"),
            refused("pre_stop.user", "it runs as the container's user", "leave it out"),
            refused("pre_stop.privileged", "it runs with the container's rights", "leave it out"),
            refused("pre_stop.working_dir", "it starts where the container does", "write cd into its command"),
            refused("pre_stop.environment", "it has the container's variables", "set them in its command"),
            refused(
                    "post_start",
                    "nothing is run beside the start of a container",
                    "put it into the image's own start"),
            taken("logging", "`log`"),
            taken("logging.driver", "`driver`"),
            taken("logging.options", "`max-size` and `max-file` as `max_size` and `max_files`; others are refused"),
            taken("pull_policy", "`pull`: `always`, `never`, `missing`, `if_not_present`; others are refused"),
            refused("pull_refresh_after", "images are not fetched by the clock", "write pull_policy: always"),
            taken("platform", "`platform`; `linux` alone `constraints` on `node.os`"),
            taken("profiles", "without one of its profiles given a service is left out"),
            taken("extends", "what that service has, under what stands here"),
            taken("extends.service", "its name"),
            taken("extends.file", "the file that has it, given along"),
            taken("configs", "`templates`, their content to the letter"),
            taken("configs.source", "which"),
            taken("configs.target", "`destination`, below `/`; unless given `/<name>`"),
            taken("configs.uid", "the file's owner"),
            taken("configs.gid", "the file's group"),
            taken("configs.mode", "the file's mode"),
            taken("secrets", "`secrets`: the server keeps what is in them"),
            taken("secrets.source", "which"),
            taken("secrets.target", "the file's name below `/run/secrets`"),
            taken("secrets.uid", "the file's owner"),
            taken("secrets.gid", "the file's group"),
            taken("secrets.mode", "the file's mode"),
            taken("scale", "`replicas`"),
            taken("cpus", "`resources.cpu`: reserved, too"),
            taken("mem_limit", "`resources.memory_max`"),
            taken("mem_reservation", "`resources.memory`, with a limit"),
            taken("pids_limit", "`resources.pids`"),
            taken("gpus", "`resources.gpus`: a count"),
            taken("gpus.count", "how many"),
            taken("gpus.capabilities", "`gpu` and what goes with it"),
            taken("gpus.driver", "`nvidia`"),
            refused("gpus.device_ids", "which ones is the node's choice", "write count: with how many"),
            refused("gpus.options", "accelerators are given whole", "leave it out"),
            remarked("cpu_shares", "weights are not set: each has what it reserves", "write cpus"),
            refused("cpu_quota", "processors are counted in cores", "write cpus: with quota / period"),
            refused("cpu_period", "processors are counted in cores", "write cpus: with quota / period"),
            refused("cpu_count", "processors are counted in cores", "write cpus"),
            refused("cpu_percent", "processors are counted in cores", "write cpus"),
            refused("cpu_rt_period", "real time is not shared out", "leave it out"),
            refused("cpu_rt_runtime", "real time is not shared out", "leave it out"),
            refused("cpuset", "which processors is the node's choice", "write cpus: with how many"),
            remarked("mem_swappiness", "swapping is the host's own setting", "leave it out"),
            remarked("memswap_limit", "swapping is the host's own setting", "leave it out"),
            remarked(
                    "oom_score_adj",
                    "who goes first when a host has no memory is the host's own setting",
                    "write mem_reservation and mem_limit"),
            refused("oom_kill_disable", "what takes more memory than it may is ended", "leave mem_limit out"),
            refused("blkio_config", "input and output are not shared out", "leave it out"),
            refused("storage_opt", "how large a container may grow is the host's own setting", "leave it out"),
            taken(
                    "ipc",
                    "`ipc`: `host`, which its hosts must allow; `private` and `shareable`, which need nothing; others are refused"),
            taken("pid", "`pid`: `host`, which its hosts must allow; others are refused"),
            taken("uts", "empty; others are refused: " + HOST_SHARE),
            taken("cgroup", "`private`, which needs nothing; `host` is refused"),
            taken("userns_mode", "`host`, which is so unless the engine maps users; others are refused"),
            refused("cgroup_parent", "where its processes are counted is the engine's choice", "leave it out"),
            taken("isolation", "`default`; others are refused"),
            taken("runtime", "`runc`; others are refused: the engine's own default runs it"),
            refused("credential_spec", "it is for Windows", "leave it out"),
            taken(
                    "container_name",
                    "an alias on its networks, if it is on one of its own; the container is named by its instance, which a remark says"),
            remarked("attach", "logs are read with knit logs", "leave it out"),
            remarked("develop", "it is for who develops the service, and nothing of what runs", "leave it out"),
            refused("provider", "others' programs are not called", "run what is needed as a service"),
            refused("models", "no models are run", "run what serves the model as a service"),
            refused(
                    "use_api_socket",
                    "no container is given its host's engine",
                    "mount the engine's socket as a bind, where its host allows that"));

    private ServiceKeys() {}

    private static ComposeKey taken(String key, String as) {
        return of(key, Fate.TAKEN, as, "");
    }

    private static ComposeKey remarked(String key, String why, String instead) {
        return of(key, Fate.REMARKED, why, instead);
    }

    private static ComposeKey refused(String key, String why, String instead) {
        return of(key, Fate.REFUSED, why, instead);
    }

    private static ComposeKey of(String key, Fate fate, String words, String instead) {
        return new ComposeKey("services.*." + key, fate, words, instead);
    }
}
