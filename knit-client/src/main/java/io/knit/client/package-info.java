/**
 * A program's way to a server that runs elsewhere: takes what is to be done, gives the answer as the REST API has it, or says in words what was refused,
 * not found, too late or out of reach.
 *
 * <pre>{@code
 * KnitClient knit = KnitClient.of(server);
 * ChangeAnswer accepted = knit.deploy(spec, ChangeTerms.none().waiting(Duration.ofMinutes(2)));
 * knit.deployments().path("deployments").forEach(one -> names.add(one.path("name").asText()));
 * }</pre>
 */
@NullMarked
package io.knit.client;

import org.jspecify.annotations.NullMarked;
