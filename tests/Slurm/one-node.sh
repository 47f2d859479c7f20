#!/bin/bash
# Runs configs/dry-run.sbatch for real, on a Slurm of one node that lives on the loopback interface for as long as this takes: 4 tasks of an array, one of them
# killed by SIGKILL and put back into the queue, then the merge. What comes of it has to be what a single run gives. Needs root and Debian's packages slurm-wlm
# and munge: dotnet cake --target=Slurm installs them.
#
# one-node.sh FOLDER-OF-THE-COMMAND MANIFEST FOLDER
set -eu

command=$(realpath "$1")
manifest=$(realpath "$2")
mkdir -p "$3"
dir=$(realpath "$3")
script=$(realpath "$(dirname "$0")/../../configs/dry-run.sbatch")
export PATH=$command:$PATH SLURM_CONF=$dir/slurm.conf
options="--timeout 3 --stall 2 --workers 1"

# A daemon that ends later would write into a folder that the next run has made anew, or hold its port.
stop() {
    for daemon in slurmd slurmctld munged; do
        pid=$(cat "$dir/$daemon.pid" 2>/dev/null) || continue
        kill "$pid" 2>/dev/null || continue
        for _ in $(seq 100); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
        kill -0 "$pid" 2>/dev/null && { echo "$daemon ($pid) does not end and is killed"; kill -KILL "$pid"; } || true
    done
}
trap stop EXIT

rm -rf "${dir:?}"/*
mkdir -p "$dir/state" "$dir/spool" "$dir/munge"
chmod 700 "$dir/munge"
head -c 128 /dev/urandom > "$dir/munge/key"
chmod 600 "$dir/munge/key"
host=$(hostname -s)
cat > "$dir/slurm.conf" << END
ClusterName=one
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
SlurmctldPort=17817
SlurmdPort=17818
AuthType=auth/munge
AuthInfo=socket=$dir/munge.socket
CryptoType=crypto/munge
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
SchedulerParameters=sched_interval=2
SlurmdParameters=config_overrides
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 RealMemory=4000 State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
END
munged --force --num-threads=2 --key-file="$dir/munge/key" --socket="$dir/munge.socket" --pid-file="$dir/munged.pid" \
    --log-file="$dir/munge/log" --seed-file="$dir/munge/seed"
slurmctld -f "$dir/slurm.conf"
slurmd -f "$dir/slurm.conf"
until sinfo --noheader --states=idle | grep -q idle; do sleep 0.2; done
sinfo --version
sinfo

echo "== 4 tasks"
cd "$dir"
# shellcheck disable=SC2086
job=$(sbatch --parsable --array=0-3 --cpus-per-task=1 --mem-per-cpu=500M "$script" "$manifest" "$dir/out" $options)
# The last share has the clips that hang, so that it is there long enough.
shard=$dir/out/shard-0003-of-0004
running() {
    pgrep --full --list-full -- "^clipguard dry-run .*--out $dir/out " | while read -r pid _; do
        if tr '\0' '\n' < "/proc/$pid/environ" 2>/dev/null | grep -q '^SLURM_ARRAY_TASK_ID=3$'; then echo "$pid"; fi
    done
}
verdicts() { if [ -f "$shard/journal.jsonl" ]; then echo $(($(wc -l < "$shard/journal.jsonl") - 1)); else echo 0; fi; }
until [ "$(verdicts)" -ge 2 ]; do sleep 0.1; done
victim=$(running)
echo "== task 3 is killed after $(verdicts) verdicts"
kill -KILL "$victim"
until scontrol show job "${job}_3" | grep -q 'JobState=FAILED'; do sleep 0.2; done
scontrol show job "${job}_3" | grep -o 'JobState=[A-Z]*\|ExitCode=[0-9:]*\|Restarts=[0-9]*'
scontrol requeue "${job}_3"
# Slurm lets two minutes pass before it starts such a task again.
scontrol update "jobid=${job}_3" StartTime=now
while [ -n "$(squeue --noheader --job "$job" 2>/dev/null)" ]; do sleep 0.5; done
scontrol show job "$job" | grep -o 'ArrayTaskId=[0-9]*\|JobState=[A-Z]*\|ExitCode=[0-9:]*\|Restarts=[0-9]*' | paste -d' ' - - - -
cat clipguard-*-3.log

echo "== merge"
clipguard merge "$dir/out" || [ $? -eq 1 ]

echo "== a single run"
# shellcheck disable=SC2086
clipguard dry-run "$manifest" --out "$dir/single" $options > single.log || [ $? -eq 1 ]
tail -4 single.log

echo "== compared"
for file in clean.jsonl excluded.jsonl; do
    cmp "$dir/out/$file" "$dir/single/$file"
    echo "$file: $(wc -l < "$dir/out/$file") lines, the same bytes"
done
told() { grep -o '"line":[0-9]*\|"clip":"[^"]*"\|"fault":"[^"]*"\|"attempts":[0-9]*' "$1/faults.jsonl"; }
[ "$(told "$dir/out")" = "$(told "$dir/single")" ]
echo "faults.jsonl: $(wc -l < "$dir/out/faults.jsonl") records, the same in line, clip, fault and attempts"
