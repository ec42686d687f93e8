package io.knit.core.agent.render;

import io.knit.api.command.Value;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.spi.runtime.FileMount;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.seal.SealKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the files and the environment of an instance out of its templates and of what the server keeps. */
public final class FileMaking {
    private static final Logger LOG = LoggerFactory.getLogger(FileMaking.class);

    private final RenderedFiles rendered;
    private final SecretFiles secrets;
    private final SealKey key;

    public FileMaking(RenderedFiles rendered, SecretFiles secrets, SealKey key) {
        this.rendered = rendered;
        this.secrets = secrets;
        this.key = key;
    }

    /**
     * What an instance's container is made with, in memory alone as yet.
     *
     * @param files contents of its templates, in their order
     * @param values what it reads
     * @param env its whole environment
     */
    public record Made(List<Value.Content> files, OpenedValues values, Map<String, String> env) {
        /** Without the contents. */
        @Override
        public String toString() {
            return "Made[" + files.size() + " files]";
        }
    }

    /** Whether there is nothing to make. */
    public static boolean isNothing(DeploymentSpec spec) {
        return spec.templates().isEmpty()
                && spec.secrets().isEmpty()
                && spec.envFrom().isEmpty();
    }

    /**
     * Opens what it reads, and renders. Takes some time.
     *
     * @throws io.knit.api.error.KnitException with {@code TEMPLATE_INVALID}, {@code SECRETS_LOCKED} or {@code INVALID_VALUE}
     */
    public Made made(Assignment assignment, DeploymentSpec spec, NodeModel on) {
        OpenedValues values = OpenedValues.of(assignment.reads(), key);
        List<Value.Content> contents = rendered.rendered(spec.templates(), on.with(assignment, spec), values);
        return new Made(contents, values, KeptEnvironment.of(spec, values, contents));
    }

    /** Writes what is to be mounted. Blocks. */
    public List<FileMount> write(String instance, DeploymentSpec spec, Made made) throws IOException {
        List<FileMount> mounts = new ArrayList<>(rendered.write(instance, spec.templates(), made.files()));
        mounts.addAll(secrets.write(instance, spec.secrets(), made.values()));
        return mounts;
    }

    /** Writes again what a new start of the host took away. Blocks. */
    public void restore(Assignment assignment, DeploymentSpec spec) throws IOException {
        if (!spec.secrets().isEmpty()) {
            secrets.write(assignment.instance(), spec.secrets(), OpenedValues.of(assignment.reads(), key));
        }
    }

    /** Deletes an instance's files. Blocks. */
    public void delete(String instance) throws IOException {
        rendered.delete(instance);
        secrets.delete(instance);
    }

    /** Deletes the secrets of all instances but these; a failure is only told. Blocks. */
    public void deleteSecretsBut(Set<String> instances) {
        try {
            secrets.deleteAllBut(instances);
        } catch (IOException | RuntimeException e) {
            LOG.debug("secrets of what is not here any more can't be looked for: {}", e.toString());
        }
    }
}
