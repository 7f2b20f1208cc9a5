# The figures and tables that a script draws alone: a rule for each row of the papers' tables.
for paper, name, row in [(p, n, row) for p, rows in FIGURES.items() for n, row in rows.items()]:

    rule:
        name:
            f"{paper}_{name}"
        input:
            **row["given"],
        output:
            shown(row["to"] or f"figures/{paper}/{name}.png", row["place"] or place_of(name)),
        log:
            f"logs/{paper}/{name}.log",
        conda:
            f"../../envs/{row['env']}.yaml"
        resources:
            **needs(),
        params:
            **common(**row["params"]),
            script=f"{paper}/{row['script'] or name}.py",
        # No f-string here: Snakemake reads it when the loop is over, and would run the last script
        # in the place of each. (A dry run does not show it.)
        script:
            "../scripts/{params.script}"

    # `rules` knows its own names also where the workflow is imported as a module
    made = getattr(rules, f"{paper}_{name}").rule
    made.docstring = row["text"]
    if row["wanted"]:
        TARGETS[paper] += made.output
