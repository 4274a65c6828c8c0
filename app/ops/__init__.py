"""What stands beside the catalog: pages, health, the job dashboard."""
