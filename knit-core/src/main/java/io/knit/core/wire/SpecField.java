package io.knit.core.wire;

import io.knit.api.model.DeploymentSpec;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What each field of a spec is for, and so what becomes of the instances that run when it changes. Only what makes the container takes
 * another container. The reason stands beside each field; {@code docs/api.md} shows the same table.
 */
public enum SpecField {
    /** Another name is another deployment. */
    NAME("name", Use.CONTAINER, DeploymentSpec::name),
    /** What runs. Only the text counts: the same tag may mean another image later, and nobody is restarted for it. */
    IMAGE("image", Use.CONTAINER, DeploymentSpec::image),
    COMMAND("command", Use.CONTAINER, DeploymentSpec::command),
    ARGS("args", Use.CONTAINER, DeploymentSpec::args),
    ENV("env", Use.CONTAINER, DeploymentSpec::env),
    /** An engine can't change the labels of a container that is there. */
    LABELS("labels", Use.CONTAINER, DeploymentSpec::labels),
    /** Where a container may be, not what it is: one whose node fits stays there. */
    NODE_SELECTOR("node_selector", Use.PLACE, DeploymentSpec::nodeSelector),
    /** How many there are says nothing of any one of them. */
    REPLICAS("replicas", Use.COUNT, DeploymentSpec::replicas),
    /** When the registry is asked for the next container; the image of one that runs was fetched long ago. */
    PULL("pull", Use.FETCH, DeploymentSpec::pull),
    /** Opens the registry for the next container; a password that is renewed must not restart what runs. */
    REGISTRY_AUTH("registry_auth", Use.FETCH, DeploymentSpec::registryAuth),
    PORTS("ports", Use.CONTAINER, DeploymentSpec::ports),
    /** Rendered when the container is made, and mounted into it. */
    TEMPLATES("templates", Use.CONTAINER, DeploymentSpec::templates),
    INIT("init", Use.CONTAINER, DeploymentSpec::init),
    NO_NEW_PRIVILEGES("no_new_privileges", Use.CONTAINER, DeploymentSpec::noNewPrivileges),
    RESOURCES("resources", Use.CONTAINER, DeploymentSpec::resources);

    /** What a field is for. */
    public enum Use {
        /** It makes the container: another value takes another container. */
        CONTAINER,
        /** It tells how the image is had: of use to a container that is still to be made. */
        FETCH,
        /** It tells which nodes may have it: of use to one that has none, or is on another. */
        PLACE,
        /** It tells how many there are. */
        COUNT
    }

    private final String wireName;
    private final Use use;
    private final Function<DeploymentSpec, @Nullable Object> value;

    SpecField(String wireName, Use use, Function<DeploymentSpec, @Nullable Object> value) {
        this.wireName = wireName;
        this.use = use;
        this.value = value;
    }

    /** As in JSON. */
    public String wireName() {
        return wireName;
    }

    public Use use() {
        return use;
    }

    /** Whether both specs say the same in all fields of that use. */
    public static boolean same(Use use, DeploymentSpec one, DeploymentSpec other) {
        return one == other
                || Arrays.stream(values())
                        .filter(field -> field.use == use)
                        .allMatch(field -> Objects.equals(field.value.apply(one), field.value.apply(other)));
    }
}
