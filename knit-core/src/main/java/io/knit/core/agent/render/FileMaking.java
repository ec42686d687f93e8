package io.knit.core.agent.render;

import io.knit.api.command.Value;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.TemplateSpec;
import io.knit.api.spi.runtime.FileMount;
import io.knit.core.agent.output.SecretMask;
import io.knit.core.template.NotedServices;
import io.knit.core.template.ServiceLookup;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.ReadValue;
import io.knit.core.wire.seal.SealKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the files and the environment of an instance out of its templates and of what the server keeps. */
public final class FileMaking {
    private static final Logger LOG = LoggerFactory.getLogger(FileMaking.class);

    private final RenderedFiles rendered;
    private final SecretFiles secrets;
    private final SealKey key;
    private final Function<DeploymentSpec, ServiceLookup> services;
    /** Where services were when an instance's files were made last, of those that asked for some. On any thread. */
    private final Map<String, Map<String, List<Map<String, Object>>>> madeOf = new ConcurrentHashMap<>();

    /** @param services where instances are for a container of that deployment on this node */
    public FileMaking(
            RenderedFiles rendered,
            SecretFiles secrets,
            SealKey key,
            Function<DeploymentSpec, ServiceLookup> services) {
        this.rendered = rendered;
        this.secrets = secrets;
        this.key = key;
        this.services = services;
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
        madeOf.remove(assignment.instance());
        OpenedValues values = OpenedValues.of(assignment.reads(), key);
        NotedServices asked = new NotedServices(services.apply(spec));
        List<Value.Content> contents = rendered.rendered(spec.templates(), on.with(assignment, spec), values, asked);
        if (!asked.answers().isEmpty()) {
            madeOf.put(assignment.instance(), asked.answers());
        }
        return new Made(contents, values, KeptEnvironment.of(spec, values, contents::get));
    }

    /**
     * The whole environment of an instance, without the files that are none of it. Takes some time.
     *
     * @throws io.knit.api.error.KnitException as {@link #made}
     */
    public Map<String, String> environment(Assignment assignment, DeploymentSpec spec, NodeModel on) {
        OpenedValues values = OpenedValues.asFarAsGiven(assignment.reads(), key);
        Map<String, Object> model = on.with(assignment, spec);
        ServiceLookup as = services.apply(spec);
        return KeptEnvironment.of(
                spec, values, place -> rendered.rendered(spec.templates().get(place), model, values, as));
    }

    /** Of the secrets that an order reads, as far as they open. Takes some time. */
    public SecretMask mask(Assignment assignment) {
        return OpenedValues.asFarAsGiven(
                        assignment.reads().stream().filter(ReadValue::isSealed).toList(), key)
                .mask();
    }

    /** Whether its files would be others now than when they were made last, since services are elsewhere. */
    public boolean isOutdated(String instance, DeploymentSpec spec) {
        Map<String, List<Map<String, Object>>> answers = madeOf.get(instance);
        return answers != null && !NotedServices.areStill(answers, services.apply(spec));
    }

    /** Writes what is to be mounted. Blocks. */
    public List<FileMount> write(String instance, DeploymentSpec spec, Made made) throws IOException {
        List<FileMount> mounts = new ArrayList<>(rendered.write(instance, spec.templates(), made.files()));
        mounts.addAll(secrets.write(instance, spec.secrets(), made.values()));
        return mounts;
    }

    /**
     * What became of each file of a container, by the place of its template. What one fails by holds up no other.
     *
     * @param contents of those with which it went well
     * @param faults why not, of others: with {@code TEMPLATE_INVALID} or {@code SECRETS_LOCKED}, or of the disk
     */
    public record EachFile(SortedMap<Integer, Value.Content> contents, SortedMap<Integer, Exception> faults) {
        private EachFile() {
            this(new TreeMap<>(), new TreeMap<>());
        }

        private void add(int template, OneFile file) {
            try {
                Value.Content content = file.content();
                if (content != null) {
                    contents.put(template, content);
                }
            } catch (IOException | RuntimeException e) {
                faults.put(template, e);
            }
        }

        /** Without the contents. */
        @Override
        public String toString() {
            return "EachFile[" + contents.keySet() + ", faults=" + faults + "]";
        }
    }

    /** One of them; null: there is nothing to do with it. */
    private interface OneFile {
        Value.@Nullable Content content() throws IOException;
    }

    /** The contents of those of its templates that follow, as they are now. Takes some time. */
    public EachFile following(Assignment assignment, DeploymentSpec spec, NodeModel on, ServiceLookup as) {
        OpenedValues values = OpenedValues.asFarAsGiven(assignment.reads(), key);
        Map<String, Object> model = on.with(assignment, spec);
        EachFile each = new EachFile();
        for (int i = 0; i < spec.templates().size(); i++) {
            TemplateSpec template = spec.templates().get(i);
            if (template.follows()) {
                each.add(i, () -> rendered.rendered(template, model, values, as));
            }
        }
        return each;
    }

    /** Writes into the files of a container what is another now. Blocks. */
    public EachFile rewrite(String instance, DeploymentSpec spec, SortedMap<Integer, Value.Content> contents) {
        EachFile others = new EachFile();
        contents.forEach((place, content) -> {
            TemplateSpec template = spec.templates().get(place);
            others.add(place, () -> rendered.rewrite(instance, place, template, content) ? content : null);
        });
        return others;
    }

    /** The places of templates whose files were written anew and of which the container was not told yet, by whichever agent. Blocks. */
    public SortedSet<Integer> untold(String instance) throws IOException {
        return rendered.untold(instance);
    }

    /** The container was told of the file of the template in this place, or need not be. Blocks. */
    public void told(String instance, int template) throws IOException {
        rendered.told(instance, template);
    }

    /** The container has, or reads when it starts, all files as they are. Blocks. */
    public void told(String instance) throws IOException {
        rendered.told(instance);
    }

    /** Those of the contents that are others than their files have now. Blocks. */
    public EachFile others(String instance, DeploymentSpec spec, SortedMap<Integer, Value.Content> contents) {
        EachFile others = new EachFile();
        contents.forEach((place, content) -> {
            TemplateSpec template = spec.templates().get(place);
            others.add(place, () -> rendered.isOther(instance, place, template, content) ? content : null);
        });
        return others;
    }

    /** What a container has that is there, with other contents in the places of some until {@link #endTrial}. Blocks. */
    public List<FileMount> trial(String instance, DeploymentSpec spec, SortedMap<Integer, Value.Content> others)
            throws IOException {
        List<FileMount> mounts = new ArrayList<>(rendered.trial(instance, spec.templates(), others));
        mounts.addAll(secrets.present(instance, spec.secrets()));
        return mounts;
    }

    /** Deletes what was tried. Blocks. */
    public void endTrial(String instance) throws IOException {
        rendered.endTrial(instance);
    }

    /** Writes again what a new start of the host took away. Blocks. */
    public void restore(Assignment assignment, DeploymentSpec spec) throws IOException {
        if (!spec.secrets().isEmpty()) {
            secrets.write(assignment.instance(), spec.secrets(), OpenedValues.asFarAsGiven(assignment.reads(), key));
        }
    }

    /** Deletes an instance's files. Blocks. */
    public void delete(String instance) throws IOException {
        madeOf.remove(instance);
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
