#!/bin/sh
exec kubectl-octopus_argo __complete "$@"
