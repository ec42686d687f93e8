package io.knit.core.agent.part;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.PartSpec;
import io.knit.api.model.TemplateSpec;
import io.knit.api.spi.runtime.ContainerSpec;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** The commands that must accept files before a main container has them, as containers like it: with its image, environment, user, files, volumes and networks. */
public final class Validation {
    /** So long one may take. */
    static final Duration LONGEST = Duration.ofSeconds(30);

    /** No part of a spec is called so, for it has a dot. */
    private static final String NAME = "validate.";

    private Validation() {}

    /** Those of all files of a container that is about to be made, in their order. */
    public static List<PartRun> all(DeploymentSpec spec, ContainerSpec main) {
        return IntStream.range(0, spec.templates().size())
                .filter(template -> isWanted(spec.templates().get(template)))
                .mapToObj(template -> of(spec, template, main))
                .toList();
    }

    public static boolean isWanted(TemplateSpec template) {
        return !template.validate().isEmpty();
    }

    /** That of one file. */
    public static PartRun of(DeploymentSpec spec, int template, ContainerSpec main) {
        TemplateSpec file = spec.templates().get(template);
        List<String> command = file.validate();
        PartSpec part = new PartSpec(
                NAME + (template + 1),
                main.image(),
                command.subList(0, 1),
                List.of(),
                command.subList(1, command.size()),
                main.env(),
                main.process().user(),
                main.process().workdir(),
                LONGEST,
                main.process().platform());
        return new PartRun(part, "validate of " + file.destination());
    }

    /** What the container is called. */
    public static String container(PartRun run, ContainerSpec main) {
        return PartContainers.of(main, run.part()).name();
    }
}
